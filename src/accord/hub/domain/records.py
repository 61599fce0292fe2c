"""What the hub knows, as values. Times are microseconds since 1970, UTC; ids grow with time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def timestamp(micros: int) -> str:
    """A time as the wire has it: ``2026-11-22T00:46:15+00:00``."""
    return datetime.fromtimestamp(micros // 1_000_000, UTC).isoformat()


def local_day(micros: int) -> str:
    """A time for titles: ``22 Nov 2026``."""
    return datetime.fromtimestamp(micros // 1_000_000, UTC).strftime("%d %b %Y")


@dataclass(frozen=True, slots=True)
class Participant:
    """An application: consumer, provider or both."""

    id: int
    name: str
    display_name: str
    repository_url: str | None
    repository_name: str | None
    repository_namespace: str | None
    main_branch: str | None
    created_at: int
    updated_at: int | None


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a participant."""

    id: int
    participant_id: int
    participant: str
    number: str
    build_url: str | None
    created_at: int
    updated_at: int | None


@dataclass(frozen=True, slots=True)
class VersionBranch:
    """That a version belongs to a branch; latest: it was the last to be put there."""

    version_id: int
    name: str
    latest: bool
    created_at: int


@dataclass(frozen=True, slots=True)
class VersionTag:
    """A tag of a version; latest: no later version has it."""

    version_id: int
    name: str
    latest: bool
    created_at: int


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of a participant."""

    id: int
    participant: str
    name: str
    created_at: int


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a participant."""

    participant: str
    name: str
    created_at: int


@dataclass(frozen=True, slots=True)
class Pact:
    """A contract as one consumer version published it; its content is shared by all with the same sha."""

    id: int
    consumer_id: int
    consumer: str
    provider_id: int
    provider: str
    version_id: int
    version: str
    content_id: int
    sha: str
    created_at: int
    revision: int

    @property
    def name(self) -> str:
        """For titles."""
        return f"Pact between {self.consumer} ({self.version}) and {self.provider}"


@dataclass(frozen=True, slots=True)
class Verification:
    """A provider version's result for a content."""

    id: int
    number: int
    content_id: int
    sha: str
    consumer_id: int
    consumer: str
    provider_id: int
    provider: str
    provider_version_id: int
    provider_version: str
    success: bool
    build_url: str | None
    test_results: list[dict[str, Any]] | None
    verified_by: dict[str, Any] | None
    created_at: int


@dataclass(frozen=True, slots=True)
class Environment:
    """Where versions run."""

    id: int
    uuid: str
    name: str
    display_name: str | None
    production: bool
    contacts: list[dict[str, Any]] | None
    required_evidence: list[str]
    created_at: int
    updated_at: int | None

    @property
    def title(self) -> str:
        """The display name, else the name."""
        return self.display_name or self.name


@dataclass(frozen=True, slots=True)
class Presence:
    """That a version is, or was, in an environment: deployed (one per instance) or released (many at once).

    Attributes:
        target: the application instance, for deployments alone.
        current: deployed now, or still supported.
        ended_at: when it was undeployed, or support ended.
    """

    id: int
    uuid: str
    released: bool
    version_id: int
    version: str
    participant_id: int
    participant: str
    environment_id: int
    target: str | None
    current: bool
    created_at: int
    ended_at: int | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A check, of whatever kind, attached to a version."""

    version_id: int
    name: str
    success: bool
    url: str | None
    details: dict[str, Any] | None
    created_at: int
    updated_at: int | None
