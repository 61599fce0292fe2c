"""What a user is, and which passwords will do."""
