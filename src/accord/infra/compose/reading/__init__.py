"""From a compose file to a plan: the files are read once, all the rest is values."""
