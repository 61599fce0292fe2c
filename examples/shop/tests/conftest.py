"""For every test of the shop."""

from hypothesis import settings

# A busy machine makes an example slow, never wrong; and a property starts from nothing in every run.
settings.register_profile("shop", deadline=None, database=None)
settings.load_profile("shop")
