"""NotificationService: writes to customers, once about each thing."""
