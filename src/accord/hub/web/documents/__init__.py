"""The documents that routes answer with: each function reads what it shows and gives a dict, as the reference does."""
