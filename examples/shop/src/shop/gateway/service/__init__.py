"""Passing requests on, and the ports that needs."""
