"""The StubServer: a WireMock-compatible stub server without a JVM."""
