"""NotificationService's HTTP API."""
