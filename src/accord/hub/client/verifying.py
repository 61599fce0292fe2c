"""What a provider has to verify, and telling the hub what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from accord.core.errors import UsageError
from accord.hub.client.conversation import embedded, href_of, links_of
from accord.hub.client.errors import HubError, HubNotFoundError
from accord.hub.wire.selectors import VersionSelector

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accord.contract.verification import ContractResult, InteractionResult
    from accord.hub.client.conversation import Conversation
    from accord.hub.client.exchange import Steps

MOST_MISMATCHES = 50
"""Of one interaction that the hub is told."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pacts a provider wants.

    Attributes:
        selectors: of consumer versions; none for ``default_selectors``.
        branch: of the provider's version at hand.
        tags: of the provider's version at hand.
        pending: whether new content may fail until it was verified once.
        wip_since: a date (``2026-01-31``): pacts of other branches published since then are added as work in
            progress. Asks for pending too.
    """

    selectors: tuple[VersionSelector, ...] = ()
    branch: str | None = None
    tags: tuple[str, ...] = ()
    pending: bool = False
    wip_since: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As the hub is asked."""
        selectors = self.selectors or default_selectors(self.branch)
        document: dict[str, Any] = {
            "consumerVersionSelectors": [each.to_json() for each in selectors],
            "includePendingStatus": self.pending or self.wip_since is not None,
        }
        if self.branch:
            document["providerVersionBranch"] = self.branch
        if self.tags:
            document["providerVersionTags"] = list(self.tags)
        if self.wip_since:
            document["includeWipPactsSince"] = self.wip_since
        return document


def default_selectors(branch: str | None) -> tuple[VersionSelector, ...]:
    """What counts for most: main branches, what runs or is released, and the branch of the same name."""
    matching = (VersionSelector(matching_branch=True),) if branch else ()
    return (VersionSelector(main_branch=True), VersionSelector(deployed_or_released=True), *matching)


def read_selectors(documents: Sequence[Any]) -> tuple[VersionSelector, ...]:
    """Selectors as other Pact tools write them: ``{"mainBranch": true}``.

    Raises:
        UsageError: no object, an unknown key, or a value of another type.
    """
    known = {_camel(each.name) for each in fields(VersionSelector)}
    for each in documents:
        if not isinstance(each, dict) or not each:
            raise UsageError(f'expected a selector such as {{"mainBranch": true}}, seen {each!r}')
        unknown = [name for name in each if name not in known]
        if unknown:
            raise UsageError(f"a selector has no {unknown[0]!r}; it may have {', '.join(sorted(known))}")
    try:
        return tuple(VersionSelector.from_json(each) for each in documents)
    except TypeError as error:
        raise UsageError(f"a selector is wrong: {error}") from None


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


@dataclass(frozen=True, slots=True)
class FoundPact:
    """A pact to verify.

    Attributes:
        document: its content, with the hub's links.
        url: where people read it, else where it was fetched.
        pending: it may fail.
        wip: it is here as work in progress.
        notices: texts for people, by when they are to be shown.
    """

    document: Mapping[str, Any]
    url: str
    pending: bool = False
    wip: bool = False
    notices: tuple[tuple[str, str], ...] = field(default=())

    def said(self, when: str) -> list[str]:
        """The notices for a moment, such as ``before_verification``."""
        return [text for moment, text in self.notices if moment == when]


def pacts_to_verify(hub: Conversation, provider: str, wanted: Wanted) -> Steps[list[FoundPact]]:
    """The pacts that a provider has to verify; none where the hub does not know it.

    Raises:
        HubError: the hub cannot be used.
    """
    url = yield from hub.find("pb:provider-pacts-for-verification", provider=provider)
    try:
        listed = yield from hub.post(url, wanted.to_json(), repeatable=True)
    except HubNotFoundError:
        return []
    found = []
    for each in embedded(listed, "pacts"):
        href = href_of(links_of(each), "self")
        if href is None:
            raise HubError(f"{hub.base} lists a pact without a link to it; it is no hub that this client understands")
        document = yield from hub.get(hub.at_base(href))
        if not isinstance(document, dict):
            raise HubError(f"{href} is no pact, but {type(document).__name__}")
        properties = each.get("verificationProperties") or {}
        wip = properties.get("wip") is True
        notices = properties.get("notices") or ()
        found.append(
            FoundPact(
                document,
                hub.at_base(href_of(links_of(document), "self") or href),
                # Work in progress may fail whatever is said of pending.
                pending=wip or properties.get("pending") is True,
                wip=wip,
                notices=tuple((str(item.get("when")), str(item.get("text"))) for item in notices),
            )
        )
    return found


def pacts_at(hub: Conversation, provider: str, urls: Sequence[str]) -> Steps[list[FoundPact]]:
    """The pacts at URLs, as a webhook names them in ``${pactbroker.pactUrl}``.

    Raises:
        HubError: one cannot be fetched, is no pact, or is another provider's.
    """
    found = []
    for url in urls:
        document = yield from hub.get(url)
        named = document.get("provider") if isinstance(document, dict) else None
        name = named.get("name") if isinstance(named, dict) else None
        if not isinstance(name, str):
            raise HubError(f"at {url} is no pact: it names no provider")
        if name != provider:
            raise HubError(f"the pact at {url} is for the provider {name}, not for {provider}")
        found.append(FoundPact(document, url))
    return found


@dataclass(frozen=True, slots=True)
class Verified:
    """What is told of every contract alike.

    Attributes:
        provider: who was verified.
        version: its version.
        branch: of the version, or None.
        tags: of the version.
        build_url: where to read more, or None.
    """

    provider: str
    version: str
    branch: str | None = None
    tags: tuple[str, ...] = ()
    build_url: str | None = None


def publish_results(hub: Conversation, told: Verified, results: Sequence[ContractResult]) -> Steps[list[str]]:
    """Tell the hub what came of a verification; the version's branch and tags first, for pending depends on them.

    Returns:
        The URLs of the results.

    Raises:
        HubError: the hub cannot be used, or a contract did not come from it.
    """
    urls = [_results_url(hub, each) for each in results]
    if told.branch:
        otherwise = ("pacticipants", told.provider, "branches", told.branch, "versions", told.version)
        url = yield from hub.find(
            "pb:pacticipant-branch-version",
            *otherwise, pacticipant=told.provider, branch=told.branch, version=told.version,
        )  # fmt: skip
        yield from hub.put(url, {})
    for tag in told.tags:
        otherwise = ("pacticipants", told.provider, "versions", told.version, "tags", tag)
        url = yield from hub.find(
            "pb:pacticipant-version-tag", *otherwise, pacticipant=told.provider, version=told.version, tag=tag
        )
        yield from hub.put(url, {})
    published = []
    for url, result in zip(urls, results, strict=True):
        answer = yield from hub.post(url, result_document(told, result))
        published.append(href_of(links_of(answer), "self") or url)
    return published


def _results_url(hub: Conversation, result: ContractResult) -> str:
    href = href_of(links_of(result.contract.extra), "pb:publish-verification-results")
    if href is None:
        raise HubError(
            f"the contract between {result.contract.consumer} and {result.contract.provider} "
            f"({result.contract.source or 'from memory'}) did not come from a hub, so none can be told of its "
            "verification; read it from the hub"
        )
    return hub.at_base(href)


def kept(result: ContractResult) -> bool:
    """Whether the provider really keeps a contract: what is only tolerated as pending is not kept yet."""
    return all(each.status == "passed" or each.interaction.pending for each in result.interactions)


def result_document(told: Verified, result: ContractResult) -> dict[str, Any]:
    """A result as hubs take it."""
    document: dict[str, Any] = {
        "success": kept(result),
        "providerApplicationVersion": told.version,
        "testResults": [_test_result(each) for each in result.interactions],
        "verifiedBy": {"implementation": "Accord", "version": _own_version()},
    }
    if told.build_url:
        document["buildUrl"] = told.build_url
    return document


def _test_result(result: InteractionResult) -> dict[str, Any]:
    identity = result.interaction.extra.get("_id")
    named = {"interactionId": identity} if isinstance(identity, str) else {}
    document: dict[str, Any] = {
        **named,
        "interactionDescription": result.interaction.title,
        "success": result.status == "passed",
    }
    if result.mismatches:
        document["mismatches"] = [
            {"attribute": each.kind, "identifier": each.path, "description": str(each)}
            for each in result.mismatches[:MOST_MISMATCHES]
        ]
    if result.problem is not None:
        document["exceptions"] = [{"message": " ".join(result.problem.split())}]
    return document


def _own_version() -> str:
    from importlib.metadata import version  # noqa: PLC0415 - it reads the installed packages; only publishing needs it

    return version("accord")
