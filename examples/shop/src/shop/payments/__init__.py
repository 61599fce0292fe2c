"""PaymentService: charges customers, once for each key, and pays back."""
