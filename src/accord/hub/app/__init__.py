"""One process of it all: settings, the server, who may come in, what is done in the background."""
