"""Valkey (or Redis), without Docker: a database of its own for each test."""
