"""PaymentService's ports joined to PostgreSQL, to OrderService and to the acquirer."""
