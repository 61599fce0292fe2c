"""The steps by which a database comes to the tables of this version."""

HEAD = "0002"
"""The last step. A database that is there already needs no child process at the start."""
