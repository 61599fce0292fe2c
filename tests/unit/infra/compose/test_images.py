"""Which server is in an image, and in which version."""

from __future__ import annotations

import pytest

from accord.infra.compose.images import Image


@pytest.mark.parametrize(
    ("text", "resource", "version"),
    [
        ("postgres:15-alpine", "postgres", "15"),
        ("postgres", "postgres", None),
        ("postgres:latest", "postgres", None),
        ("postgres:alpine", "postgres", None),
        ("docker.io/library/postgres:16.3", "postgres", "16.3"),
        ("mirror.example:5000/library/redis:7.2-alpine", "valkey", "7.2"),
        ("public.ecr.aws/docker/library/redis:7", "valkey", "7"),
        ("localhost:5000/postgres", "postgres", None),
        ("valkey/valkey:8.1", "valkey", "8.1"),
        ("nats:2.10-alpine", "nats", "2.10"),
        ("rabbitmq:3.13-management", "rabbitmq", "3.13"),
        ("apache/kafka:3.9.0", "kafka", "3.9.0"),
        ("confluentinc/cp-kafka:7.5.0", "kafka", "3.5"),
        ("confluentinc/cp-kafka:6.2.1", "kafka", "2.8"),
        ("confluentinc/cp-kafka:8.0.0", "kafka", "4.0"),
        ("confluentinc/cp-kafka:latest", "kafka", None),
        ("postgres@sha256:0123456789abcdef0123456789abcdef", "postgres", None),
        ("postgres:15@sha256:0123456789abcdef0123456789abcdef", "postgres", "15"),
    ],
)
def test_a_known_image_names_its_server_and_version(text: str, resource: str, version: str | None) -> None:
    image = Image.read(text)
    assert image.known is not None
    assert (image.known.resource, image.version) == (resource, version)


@pytest.mark.parametrize("text", ["shop/orders:1", "my-postgres", "postgis/postgis:16", "example.org/team/redis:7"])
def test_another_image_is_not_known(text: str) -> None:
    assert Image.read(text).known is None
