"""Pages before anybody is signed in: sign-in, set-up, invitations. Their forms post to pms/api/auth.py through assets/door.js."""
