"""The example shop: real microservices which Accord tests at every level."""
