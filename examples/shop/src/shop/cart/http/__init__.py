"""CartService's HTTP API."""
