"""The business of orders; imports nothing but the standard library."""
