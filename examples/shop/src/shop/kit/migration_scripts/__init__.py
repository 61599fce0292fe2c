"""Alembic's environment, one for all services; the revisions stand in each service's own `migrations`."""
