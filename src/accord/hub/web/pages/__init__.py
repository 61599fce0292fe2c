"""Pages for browsers, at the addresses where clients get documents."""
