"""Evidence: any check attached to a version, which an environment may demand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accord.hub.client.conversation import embedded
from accord.hub.client.errors import HubError, HubNotFoundError
from accord.hub.wire.addresses import Addresses

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.hub.client.conversation import Conversation
    from accord.hub.client.exchange import Steps


@dataclass(frozen=True, slots=True)
class Evidence:
    """A check.

    Attributes:
        name: of the check, such as ``security-scan``.
        ok: whether it passed.
        url: where to read more, or None.
        details: whatever else is to be kept.
    """

    name: str
    ok: bool
    url: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def add_evidence(hub: Conversation, participant: str, version: str, evidence: Evidence) -> Steps[dict[str, Any]]:
    """Attach a check to a version, or replace it.

    Raises:
        HubError: the server is a Pact Broker, which keeps none.
    """
    body: dict[str, Any] = {"success": evidence.ok}
    if evidence.url:
        body["url"] = evidence.url
    if evidence.details:
        body["details"] = dict(evidence.details)
    # An extension of our own: the reference's documents have no relation for it.
    url = Addresses(hub.base).of("pacticipants", participant, "versions", version, "evidence", evidence.name)
    try:
        kept = yield from hub.put(url, body)
    except HubError as error:
        raise _no_evidence(hub, error) from None
    return kept if isinstance(kept, dict) else {}


def evidence_of(hub: Conversation, participant: str, version: str) -> Steps[list[dict[str, Any]]]:
    """The checks of a version: name, success, url, details each.

    Raises:
        HubError: the version is not known, or the server keeps no evidence.
    """
    url = Addresses(hub.base).of("pacticipants", participant, "versions", version, "evidence")
    return embedded((yield from hub.get(url)), "evidence")


def _no_evidence(hub: Conversation, error: HubError) -> HubError:
    if isinstance(error, HubNotFoundError):
        return HubError(
            f"{hub.base} keeps no evidence: it is a Pact Broker, or a hub older than this command", status=error.status
        )
    return error
