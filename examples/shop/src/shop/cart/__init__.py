"""CartService: what customers mean to buy."""
