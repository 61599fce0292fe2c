"""RabbitMQ without Docker, where it is installed: a virtual host of its own for each test."""
