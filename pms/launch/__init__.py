"""Getting Octaspace up and down again: the supervisor, the web server, the front-end build, checks of the surroundings."""
