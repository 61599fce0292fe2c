"""Keeping tests apart on one PostgreSQL server, by one word: rollback, clone, schema, truncate or delete."""
