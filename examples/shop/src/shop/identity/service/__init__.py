"""The use cases of UserService and the ports they need."""
