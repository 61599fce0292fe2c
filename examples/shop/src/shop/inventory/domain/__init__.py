"""The business of stock; imports nothing but the standard library."""
