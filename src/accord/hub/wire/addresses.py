"""The addresses of a hub's resources, below its base URL."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from accord.hub.wire.metadata import encode_metadata
from accord.hub.wire.paths import path


class Addresses:
    """Makes URLs.

    Args:
        base: the hub's URL, without a slash at the end.
    """

    __slots__ = ("base",)

    def __init__(self, base: str) -> None:
        self.base = base

    def of(self, *parts: str) -> str:
        """A URL from the parts of its path, each escaped."""
        return self.base + path(*parts)

    def participant(self, name: str) -> str:
        """A participant."""
        return self.of("pacticipants", name)

    def version(self, participant: str, number: str) -> str:
        """A participant's version."""
        return self.of("pacticipants", participant, "versions", number)

    def branch_version(self, participant: str, branch: str, number: str) -> str:
        """That a version is on a branch."""
        return self.of("pacticipants", participant, "branches", branch, "versions", number)

    def tag(self, participant: str, number: str, name: str) -> str:
        """A version's tag."""
        return self.of("pacticipants", participant, "versions", number, "tags", name)

    def pair(self, consumer: str, provider: str, *rest: str) -> str:
        """Something below a consumer's pacts with a provider."""
        return self.of("pacts", "provider", provider, "consumer", consumer, *rest)

    def pact(self, consumer: str, provider: str, number: str) -> str:
        """A consumer version's pact."""
        return self.pair(consumer, provider, "version", number)

    def content(self, consumer: str, provider: str, sha: str, metadata: dict[str, Any] | None = None) -> str:
        """A pact's content, with why it was chosen."""
        extra = ("metadata", encode_metadata(metadata)) if metadata else ()
        return self.pair(consumer, provider, "pact-version", sha, *extra)

    def result(self, consumer: str, provider: str, sha: str, number: int) -> str:
        """A verification's result."""
        return self.pair(consumer, provider, "pact-version", sha, "verification-results", str(number))

    def environment(self, uuid: str, *rest: str) -> str:
        """An environment."""
        return self.of("environments", uuid, *rest)

    def webhook(self, uuid: str, *rest: str) -> str:
        """A webhook."""
        return self.of("webhooks", uuid, *rest)

    def logs(self, uuid: str) -> str:
        """The log of something that a webhook sent."""
        return self.of("triggered-webhooks", uuid, "logs")

    def matrix_of_version(self, participant: str, number: str) -> str:
        """The matrix of one version."""
        query = urlencode([("q[][pacticipant]", participant), ("q[][version]", number), ("latestby", "cvpv")])
        return f"{self.base}/matrix?{query}"
