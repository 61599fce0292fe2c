"""The use cases of CartService and the port they need."""
