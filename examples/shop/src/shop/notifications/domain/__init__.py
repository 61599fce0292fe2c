"""The business of notifications; imports nothing but the standard library."""
