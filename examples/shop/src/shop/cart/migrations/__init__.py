"""The history of CartService's tables."""
