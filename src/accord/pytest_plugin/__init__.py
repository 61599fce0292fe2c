"""The pytest plugin: fixtures and hooks. It loads at every pytest start, so it imports late what is heavy."""
