"""The use cases of NotificationService and the ports they need."""
