"""OpenAPI documents (3.0 and 3.1): read, and checked against what contracts ask for."""
