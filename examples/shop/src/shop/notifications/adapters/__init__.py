"""NotificationService's ports joined to PostgreSQL and to the mail."""
