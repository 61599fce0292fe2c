"""PaymentService's HTTP API."""
