"""HTTP to the services, and tokens."""
