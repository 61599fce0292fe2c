"""Finding what a request names, or saying that it is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from accord.hub.service.problems import GONE, NotFoundError, not_found
from accord.hub.storage import deployments, pacts, participants, verifications, versions

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from accord.hub.domain.records import Environment, Pact, Participant, Verification, Version

T = TypeVar("T")


def participant(connection: Connection, name: str, role: str = "pacticipant") -> Participant:
    """A participant.

    Raises:
        NotFoundError: there is none.
    """
    found = participants.by_name(connection, name)
    if found is None:
        raise not_found(role, name)
    return found


def version(connection: Connection, name: str, number: str) -> Version:
    """A participant's version.

    Raises:
        NotFoundError: there is none.
    """
    participant(connection, name)
    return one(versions.by_number(connection, name, number))


def pact(connection: Connection, consumer: str, provider: str, number: str) -> Pact:
    """A consumer version's pact.

    Raises:
        NotFoundError: there is none.
    """
    return one(pacts.by_version(connection, consumer, provider, number))


def content(connection: Connection, consumer: str, provider: str, sha: str) -> Pact:
    """The newest pact with a content.

    Raises:
        NotFoundError: there is none.
    """
    return one(pacts.by_sha(connection, consumer, provider, sha))


def result(connection: Connection, consumer: str, provider: str, sha: str, number: str) -> Verification:
    """A content's result.

    Raises:
        NotFoundError: there is none.
    """
    found = content(connection, consumer, provider, sha)
    if not number.isdecimal() or len(number) > 15:  # noqa: PLR2004 - what fits a column of ids
        raise NotFoundError(GONE)
    return one(verifications.by_number(connection, found.content_id, int(number)))


def environment(connection: Connection, uuid: str) -> Environment:
    """An environment.

    Raises:
        NotFoundError: there is none.
    """
    return one(deployments.environment(connection, uuid=uuid))


def one(found: T | None) -> T:
    """What was found.

    Raises:
        NotFoundError: it was None.
    """
    if found is None:
        raise NotFoundError(GONE)
    return found
