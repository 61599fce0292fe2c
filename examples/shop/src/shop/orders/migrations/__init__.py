"""The history of OrderService's tables."""
