"""Hypothesis as the shop uses it. In a module of its own: half of the runs have no property and need not import it."""

from hypothesis import given, settings
from hypothesis import strategies as st

__all__ = ["given", "st"]

# A busy machine makes an example slow, never wrong; and a property starts from nothing in every run.
settings.register_profile("shop", deadline=None, database=None)
settings.load_profile("shop")
