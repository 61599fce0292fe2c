"""Participants: the applications that have contracts with each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accord.hub.client.conversation import embedded, expand, href_of, links_of
from accord.hub.client.errors import HubNotFoundError
from accord.hub.wire.paths import path

if TYPE_CHECKING:
    from accord.hub.client.conversation import Conversation
    from accord.hub.client.exchange import Steps


@dataclass(frozen=True, slots=True)
class Participant:
    """A participant; what is None is not said.

    Attributes:
        name: as the contracts have it.
        display_name: for people.
        main_branch: of its repository.
        repository_url: of its code.
        labels: by which webhooks may choose it.
    """

    name: str
    display_name: str | None = None
    main_branch: str | None = None
    repository_url: str | None = None
    labels: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As hubs take it, and as ``--json`` shows it."""
        values = {
            "name": self.name,
            "displayName": self.display_name,
            "mainBranch": self.main_branch,
            "repositoryUrl": self.repository_url,
        }
        return {name: value for name, value in values.items() if value is not None}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Participant:
        """A participant as hubs give it."""
        labels = tuple(str(each.get("name")) for each in embedded(document, "labels"))
        return cls(
            str(document.get("name")),
            document.get("displayName"),
            document.get("mainBranch"),
            document.get("repositoryUrl"),
            labels,
        )


def all_participants(hub: Conversation) -> Steps[list[Participant]]:
    """All participants."""
    document = yield from hub.get((yield from hub.find("pb:pacticipants")))
    return [Participant.from_json(each) for each in embedded(document, "pacticipants")]


def find_participant(hub: Conversation, name: str) -> Steps[Participant]:
    """A participant.

    Raises:
        HubNotFoundError: there is none of that name; says which there are.
    """
    url = yield from hub.find("pb:pacticipant", "pacticipants", name, pacticipant=name)
    try:
        return Participant.from_json((yield from hub.get(url)))
    except HubNotFoundError:
        known = [each.name for each in (yield from all_participants(hub))]
        import difflib  # noqa: PLC0415 - for this message alone

        near = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known[:20]) or 'none'}"
        raise HubNotFoundError(f"{hub.base} has no participant {name!r}; {hint}") from None


def keep_participant(hub: Conversation, participant: Participant) -> Steps[tuple[Participant, bool]]:
    """Make a participant, or change what is given of it.

    Returns:
        What the hub has now, and whether it is new.
    """
    url = yield from hub.find("pb:pacticipant", "pacticipants", participant.name, pacticipant=participant.name)
    try:
        yield from hub.get(url)
    except HubNotFoundError:
        document = yield from hub.post((yield from hub.find("pb:pacticipants")), participant.to_json())
        return Participant.from_json(document), True
    return Participant.from_json((yield from hub.patch(url, participant.to_json()))), False


def delete_participant(hub: Conversation, name: str) -> Steps[None]:
    """Remove a participant with all that is its own: pacts, versions, results."""
    yield from find_participant(hub, name)
    yield from hub.delete((yield from hub.find("pb:pacticipant", "pacticipants", name, pacticipant=name)))


def label_participant(hub: Conversation, name: str, label: str, *, remove: bool = False) -> Steps[None]:
    """Give a participant a label, or take it away."""
    url = yield from hub.find("pb:pacticipant", "pacticipants", name, pacticipant=name)
    document = yield from hub.get(url)
    template = href_of(links_of(document), "pb:label")
    # The links of the reference's participants have it, its index does not.
    where = expand(hub.at_base(template), {"label": label}) if template else f"{url}{path('labels', label)}"
    if remove:
        yield from hub.delete(where)
    else:
        yield from hub.put(where, {})
