"""PostgreSQL, argon2 and JWT."""
