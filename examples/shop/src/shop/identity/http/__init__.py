"""UserService's HTTP API."""
