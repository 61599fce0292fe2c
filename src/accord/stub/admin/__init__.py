"""WireMock's admin API: one file for each subject, and one table of all routes."""
