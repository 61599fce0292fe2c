"""One port to publish and subscribe, and what stands behind it: memory, a mock, NATS, Kafka, RabbitMQ."""
