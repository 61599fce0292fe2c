"""What a cart is."""
