"""The history of NotificationService's tables."""
