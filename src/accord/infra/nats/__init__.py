"""NATS with JetStream, without Docker: an account of its own for each test."""
