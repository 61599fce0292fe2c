"""Environments, and what is recorded to run in them or to be released in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

from accord.hub.client.conversation import embedded, href_of, links_of
from accord.hub.client.errors import HubError, HubNotFoundError

if TYPE_CHECKING:
    from accord.hub.client.conversation import Conversation
    from accord.hub.client.exchange import Steps

What = Literal["deployment", "release"]


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment.

    Attributes:
        name: short, without spaces.
        display_name: for people.
        production: whether customers use it.
        required_evidence: names of checks that a version needs to be deployed there.
        uuid: the hub's, None for one that is to be made.
    """

    name: str
    display_name: str | None = None
    production: bool = False
    required_evidence: tuple[str, ...] = ()
    uuid: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As hubs take it."""
        document: dict[str, Any] = {"name": self.name, "production": self.production}
        if self.display_name:
            document["displayName"] = self.display_name
        if self.required_evidence:
            document["requiredEvidence"] = list(self.required_evidence)
        return document

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Environment:
        """An environment as hubs give it."""
        return cls(
            str(document.get("name")),
            document.get("displayName"),
            document.get("production") is True,
            tuple(document.get("requiredEvidence") or ()),
            document.get("uuid"),
        )


def all_environments(hub: Conversation) -> Steps[list[Environment]]:
    """All environments."""
    document = yield from hub.get((yield from hub.find("pb:environments")))
    return [Environment.from_json(each) for each in embedded(document, "environments")]


def environment_names(hub: Conversation) -> Steps[list[str]]:
    """The names of all environments."""
    return [each.name for each in (yield from all_environments(hub))]


def find_environment(hub: Conversation, name: str) -> Steps[Environment]:
    """An environment by its name or UUID.

    Raises:
        HubNotFoundError: there is none; says which there are.
    """
    known = yield from all_environments(hub)
    for each in known:
        if name in {each.name, each.uuid}:
            return each
    names = ", ".join(each.name for each in known) or "none"
    raise HubNotFoundError(
        f"{hub.base} has no environment {name!r}; there are: {names}. "
        f"`accord environment create --name {name}` makes it"
    )


def create_environment(hub: Conversation, environment: Environment) -> Steps[Environment]:
    """Make an environment."""
    document = yield from hub.post((yield from hub.find("pb:environments")), environment.to_json())
    return Environment.from_json(document)


def update_environment(hub: Conversation, environment: Environment) -> Steps[Environment]:
    """Change an environment, which is meant by its UUID."""
    url = yield from hub.find("pb:environment", uuid=environment.uuid or "")
    return Environment.from_json((yield from hub.put(url, environment.to_json())))


def delete_environment(hub: Conversation, uuid: str) -> Steps[None]:
    """Remove an environment with what is recorded for it."""
    yield from hub.delete((yield from hub.find("pb:environment", uuid=uuid)))


def record(
    hub: Conversation, what: What, participant: str, version: str, environment: str, *, instance: str | None = None
) -> Steps[dict[str, Any]]:
    """Record that a version was deployed to an environment, or released in it.

    Args:
        hub: which.
        what: ``deployment`` replaces what ran there; ``release`` is added to what is supported.
        participant: its name.
        version: its number.
        environment: its name.
        instance: of several that run side by side, which.

    Raises:
        HubNotFoundError: the hub does not know the version or the environment.
    """
    url = yield from hub.find("pb:pacticipant-version", pacticipant=participant, version=version)
    try:
        document = yield from hub.get(url)
    except HubNotFoundError:
        raise HubNotFoundError(
            f"{hub.base} does not know {participant} version {version}; publish its pacts (accord publish) or its "
            "verification (accord verify --hub) first; is a name misspelt?"
        ) from None
    href = href_of(links_of(document), f"pb:record-{what}", name=environment)
    if href is None:
        yield from find_environment(hub, environment)
        raise HubError(f"{hub.base} offers no pb:record-{what} for {participant} version {version}; is it up to date?")
    body = {"applicationInstance": instance} if instance else {}
    result = yield from hub.post(hub.at_base(href), body, repeatable=True)
    return result if isinstance(result, dict) else {}


def end(
    hub: Conversation,
    what: What,
    participant: str,
    environment: str,
    *,
    version: str | None = None,
    instance: str | None = None,
) -> Steps[list[str]]:
    """Record that a deployment or the support of a release has ended.

    Args:
        hub: which.
        what: which of both.
        participant: its name.
        environment: its name.
        version: only this one.
        instance: of several that run side by side, which; None for the one without a name.

    Returns:
        The numbers of the versions.

    Raises:
        HubNotFoundError: nothing like it is recorded there.
    """
    place = yield from find_environment(hub, environment)
    relation, name, key = {
        "deployment": ("pb:currently-deployed-deployed-versions", "deployedVersions", "currentlyDeployed"),
        "release": ("pb:currently-supported-released-versions", "releasedVersions", "currentlySupported"),
    }[what]
    document = yield from hub.get((yield from hub.find("pb:environment", uuid=place.uuid or "")))
    href = href_of(links_of(document), relation)
    if href is None:
        raise HubError(f"{hub.base} offers no {relation} for {environment}; is it up to date?")
    query = {"pacticipant": participant} | ({"version": version} if version else {})
    listed = embedded((yield from hub.get(f"{hub.at_base(href)}?{urlencode(query)}")), name)
    mine = [each for each in listed if _number(each) == version or version is None]
    if what == "deployment":
        mine = [each for each in mine if (each.get("applicationInstance") or each.get("target")) == instance]
    if not mine:
        raise HubNotFoundError(_nothing_there(what, participant, environment, listed, instance))
    for each in mine:
        own = href_of(links_of(each), "self")
        if own is None:
            raise HubError(f"{hub.base} lists a {what} without a link to it")
        yield from hub.patch(hub.at_base(own), {key: False})
    return [_number(each) or "?" for each in mine]


def _number(presence: dict[str, Any]) -> str | None:
    found = (presence.get("_embedded") or {}).get("version") or {}
    number = found.get("number")
    return number if isinstance(number, str) else None


def _nothing_there(
    what: What, participant: str, environment: str, listed: list[dict[str, Any]], instance: str | None
) -> str:
    verb = "deployed to" if what == "deployment" else "released and supported in"
    if not listed:
        return f"no version of {participant} is recorded as {verb} {environment}"
    names = ", ".join(sorted({str(each.get("applicationInstance") or "the one without a name") for each in listed}))
    which = f"the application instance {instance!r}" if instance else "an application instance without a name"
    return f"{participant} does not run in {environment} as {which}; it runs as {names}: give --application-instance"
