"""OrderService's ports joined to PostgreSQL and to the other services."""
