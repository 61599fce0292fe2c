"""StubServer: answers like the services a test does not start."""
