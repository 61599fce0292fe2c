"""Value matchers: one small class for each of WireMock's match operations, and the table that reads them."""
