"""A broker that speaks Kafka's protocol, without Docker: topics and groups of its own for each test."""
