"""Work behind the screens: the relay of the journal, background jobs and what happens by the clock."""
