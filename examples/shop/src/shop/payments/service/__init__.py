"""The use cases of PaymentService and the ports they need."""
