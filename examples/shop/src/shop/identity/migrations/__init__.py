"""The history of UserService's tables."""
