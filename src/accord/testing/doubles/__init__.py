"""Doubles that cannot lie: of classes and functions, of HTTP services, and recordings of real answers."""
