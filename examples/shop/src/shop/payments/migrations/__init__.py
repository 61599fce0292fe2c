"""The history of PaymentService's tables."""
