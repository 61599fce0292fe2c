"""The few requests of Kafka's protocol that Accord itself needs: is it ready, make topics, delete topics.

A client library would take longer to import than the small broker to start. Protocol: Apache Kafka documentation,
"Kafka protocol guide". The versions used are the oldest that current brokers still take, without tagged fields.
"""

from __future__ import annotations

import itertools
import socket
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import TracebackType
    from typing import Self

_METADATA, _CREATE_TOPICS, _DELETE_TOPICS = (3, 4), (19, 2), (20, 1)  # API key and version
_TIMEOUT = 10.0  # seconds
_SMALLEST_ANSWER, _LARGEST_ANSWER = 4, 16 << 20  # bytes; the first four are the question's number
_UNKNOWN_TOPIC = 3
_ERRORS = {
    3: "there is no such topic",
    7: "it took too long",
    17: "the name is not allowed",
    29: "not authorised",
    36: "the topic exists",
    37: "the number of partitions is not allowed",
    38: "the number of replicas is not allowed",
    40: "a setting is not allowed",
    73: "deleting topics is disabled",
}


@dataclass(frozen=True)
class Topic:
    """A topic to be made.

    Attributes:
        name: its name.
        partitions: how many.
        settings: the topic's settings, as Kafka names them: ``{"retention.ms": "1000"}``.
    """

    name: str
    partitions: int = 1
    settings: dict[str, str] = field(default_factory=dict)


class KafkaConnection:
    """One connection to one broker, used by one thread at a time."""

    def __init__(self, port: int, *, host: str = "127.0.0.1", timeout: float = _TIMEOUT) -> None:
        """Connect.

        Raises:
            OSError: nothing answers there.
        """
        self._socket = socket.create_connection((host, port), timeout=timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._numbers = itertools.count(1)

    def cluster(self) -> tuple[str | None, list[str]]:
        """The cluster's identity, and the names of all its topics."""
        answer = self._ask(_METADATA, struct.pack("!i?", -1, False))
        answer.take("!i")  # how long we were held back
        for _ in range(answer.count()):
            answer.take("!i")
            answer.text()
            answer.take("!i")
            answer.text()
        identity = answer.text()
        answer.take("!i")
        topics = []
        for _ in range(answer.count()):
            answer.take("!h")
            topics.append(answer.text() or "")
            answer.take("!?")
            for _ in range(answer.count()):
                answer.take("!hii")
                for _ in range(2):
                    answer.skip_numbers()
        return identity, topics

    def create(self, topics: Sequence[Topic], *, timeout: float = _TIMEOUT) -> None:
        """Make topics.

        Raises:
            ResourceError: the broker refused one.
        """
        body = struct.pack("!i", len(topics))
        for topic in topics:
            body += _text(topic.name) + struct.pack("!ihii", topic.partitions, 1, 0, len(topic.settings))
            body += b"".join(_text(name) + _text(value) for name, value in topic.settings.items())
        answer = self._ask(_CREATE_TOPICS, body + struct.pack("!i?", int(timeout * 1000), False))
        answer.take("!i")
        for _ in range(answer.count()):
            name, (error,), message = answer.text(), answer.take("!h"), answer.text()
            if error:
                raise ResourceError(f"the broker did not make the topic {name!r}: {message or _meaning(error)}")

    def delete(self, names: Iterable[str], *, timeout: float = _TIMEOUT) -> None:
        """Delete topics; those that are not there are passed over.

        Raises:
            ResourceError: the broker refused one.
        """
        names = list(names)
        body = struct.pack("!i", len(names)) + b"".join(map(_text, names))
        answer = self._ask(_DELETE_TOPICS, body + struct.pack("!i", int(timeout * 1000)))
        answer.take("!i")
        for _ in range(answer.count()):
            name, (error,) = answer.text(), answer.take("!h")
            if error not in {0, _UNKNOWN_TOPIC}:
                raise ResourceError(f"the broker did not delete the topic {name!r}: {_meaning(error)}")

    def _ask(self, request: tuple[int, int], body: bytes) -> _Answer:
        number = next(self._numbers)
        message = struct.pack("!hhi", *request, number) + _text("accord") + body
        self._socket.sendall(struct.pack("!i", len(message)) + message)
        (length,) = struct.unpack("!i", self._exactly(4))
        if not _SMALLEST_ANSWER <= length <= _LARGEST_ANSWER:
            raise ValueError(f"what answers speaks no Kafka: an answer of {length} bytes")
        answer = _Answer(self._exactly(length))
        if answer.take("!i") != (number,):
            raise ValueError("what answers speaks no Kafka: it answers another question")
        return answer

    def _exactly(self, length: int) -> bytes:
        parts, missing = [], length
        while missing:
            part = self._socket.recv(min(missing, 1 << 16))
            if not part:
                raise ConnectionResetError("it closed the connection")
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Answer:
    """Bytes that are read from the front."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, layout: str) -> tuple[int, ...]:
        try:
            values = struct.unpack_from(layout, self._data, self._at)
        except struct.error as error:
            raise ValueError(f"what answers speaks no Kafka: {error}") from None
        self._at += struct.calcsize(layout)
        return values

    def count(self) -> int:
        return max(0, self.take("!i")[0])

    def text(self) -> str | None:
        (length,) = self.take("!h")
        if length < 0:
            return None
        begin, self._at = self._at, self._at + length
        return self._data[begin : self._at].decode("utf-8", "replace")

    def skip_numbers(self) -> None:
        number = self.count()  # moves on by itself, so it must be done before what is added to
        self._at += 4 * number


def _text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("!h", len(data)) + data


def _meaning(error: int) -> str:
    return _ERRORS.get(error, f"error {error} of Kafka's protocol")
