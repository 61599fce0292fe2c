"""Faults between services."""
