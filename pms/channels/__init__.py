"""The channel manager: connections to OTAs, what they were told and what they accepted."""
