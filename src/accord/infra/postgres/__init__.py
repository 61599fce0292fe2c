"""PostgreSQL without Docker: found, started from a cached template directory, and one database per test."""
