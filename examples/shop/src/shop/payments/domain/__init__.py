"""The business of payments; imports nothing but the standard library."""
