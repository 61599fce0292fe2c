"""Publishing contracts."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accord.core.documents import read_json_file
from accord.core.errors import DocumentError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from accord.hub.client.conversation import Conversation
    from accord.hub.client.exchange import Steps


@dataclass(frozen=True, slots=True)
class PactFile:
    """A pact file as it is published: byte for byte."""

    consumer: str
    provider: str
    content: bytes
    path: Path


@dataclass(frozen=True, slots=True)
class Publication:
    """A consumer's version with its contracts.

    Attributes:
        version: of the consumer.
        branch: or None.
        tags: of the version.
        build_url: or None.
        merge: add interactions to what this version has already, instead of refusing other content.
    """

    version: str
    branch: str | None = None
    tags: tuple[str, ...] = ()
    build_url: str | None = None
    merge: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """What the hub said."""

    consumer: str
    notices: tuple[tuple[str, str], ...]
    document: dict[str, Any]


def read_pact_files(places: Iterable[str | Path]) -> list[PactFile]:
    """The pact files of files and folders; other JSON in a folder is passed over.

    Raises:
        DocumentError: nothing there, or not JSON.
        UsageError: a file that is no pact, or no pact at all.
    """
    found: list[PactFile] = []
    names = []
    for place in map(Path, places):
        names.append(str(place))
        if not place.exists():
            raise DocumentError(
                "no such file or folder; have the consumer's tests written a pact yet?", source=str(place)
            )
        if place.is_dir():
            found += filter(None, (_read(path, needed=False) for path in sorted(place.glob("*.json"))))
        else:
            one = _read(place, needed=True)
            found += [one] if one else []
    if not found:
        raise UsageError(f"no pact in {', '.join(names)}; the consumer's tests write them there when they pass")
    return found


def _read(path: Path, *, needed: bool) -> PactFile | None:
    document = read_json_file(path)
    consumer, provider = _name(document, "consumer"), _name(document, "provider")
    if consumer is None or provider is None:
        if needed:
            raise UsageError(f"{path} is no pact: it does not name a consumer and a provider")
        return None
    return PactFile(consumer, provider, path.read_bytes(), path)


def _name(document: Any, role: str) -> str | None:
    side = document.get(role) if isinstance(document, dict) else None
    name = side.get("name") if isinstance(side, dict) else None
    return name if isinstance(name, str) and name else None


def publish(hub: Conversation, files: Sequence[PactFile], publication: Publication) -> Steps[list[Published]]:
    """Publish contracts: a request for each consumer, all or nothing each.

    Raises:
        HubConflictError: this version was published with other content; the message has the hub's own words.
        HubError: the hub cannot be used.
    """
    url = yield from hub.find("pb:publish-contracts")
    published = []
    for consumer in dict.fromkeys(each.consumer for each in files):
        mine = [each for each in files if each.consumer == consumer]
        # The same content under the same version again changes nothing.
        answer = yield from hub.post(url, _document(consumer, mine, publication), repeatable=True)
        notices = answer.get("notices", []) if isinstance(answer, dict) else []
        told = tuple((str(each.get("type")), str(each.get("text"))) for each in notices if isinstance(each, dict))
        published.append(Published(consumer, told, answer if isinstance(answer, dict) else {}))
    return published


def _document(consumer: str, files: Sequence[PactFile], publication: Publication) -> dict[str, Any]:
    document: dict[str, Any] = {
        "pacticipantName": consumer,
        "pacticipantVersionNumber": publication.version,
        "contracts": [
            {
                "consumerName": consumer,
                "providerName": each.provider,
                "specification": "pact",
                "contentType": "application/json",
                "content": base64.b64encode(each.content).decode(),
                "onConflict": "merge" if publication.merge else "overwrite",
            }
            for each in files
        ],
    }
    if publication.branch:
        document["branch"] = publication.branch
    if publication.tags:
        document["tags"] = list(publication.tags)
    if publication.build_url:
        document["buildUrl"] = publication.build_url
    return document
