"""The use cases of OrderService and the ports they need."""
