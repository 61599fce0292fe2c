"""``accord verify --hub``: the part of the command that is about a hub."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from accord.core.errors import UsageError
from accord.hub.client.build import find_build
from accord.hub.client.verifying import read_selectors
from accord.hub.wire.paths import name_of
from accord.hub.wire.selectors import VersionSelector

if TYPE_CHECKING:
    from accord.contract.model import Contract
    from accord.contract.verification import VerificationResult
    from accord.hub.client.access import Access
    from accord.hub.client.pacts import HubPacts

PANEL = "With a hub"

Selectors = Annotated[
    list[str] | None,
    typer.Option(
        "--consumer-version-selectors",
        metavar="JSON",
        help="Which consumer versions: '{\"mainBranch\": true}'; repeatable. By default main branches, what is "
        "deployed or released, and the branch of the provider's own.",
    ),
]
Branch = Annotated[
    list[str] | None, typer.Option("--branch", help="Consumer versions: the latest of this branch; repeatable.")
]
MainBranch = Annotated[bool, typer.Option("--main-branch", help="Consumer versions: the latest of each main branch.")]
Deployed = Annotated[bool, typer.Option("--deployed", help="Consumer versions: what is deployed or released anywhere.")]
Pending = Annotated[
    bool,
    typer.Option("--enable-pending/--no-enable-pending", help="New contracts may fail until they were verified once."),
]
Wip = Annotated[
    str | None,
    typer.Option(
        "--include-wip-pacts-since", metavar="DATE", help="Other branches' contracts since then too; they may fail."
    ),
]
ProviderBranch = Annotated[str | None, typer.Option(help="The provider's branch; what CI or git says by default.")]
ProviderTag = Annotated[list[str] | None, typer.Option(help="A tag of the provider's version; repeatable.")]
Publish = Annotated[
    bool | None, typer.Option("--publish/--no-publish", help="Publish the results; in CI alone by default.")
]


PactUrl = Annotated[
    list[str] | None,
    typer.Option(
        "--pact-url",
        "--webhook-callback-url",
        metavar="URL",
        help="The pact at this URL alone, as a webhook names it (${pactbroker.pactUrl}); repeatable.",
    ),
]


@dataclass(frozen=True, slots=True)
class HubOptions:
    """What is said of the hub on the command line."""

    selectors: list[str] | None = None
    branches: list[str] | None = None
    main_branch: bool = False
    deployed: bool = False
    pending: bool = False
    wip_since: str | None = None
    branch: str | None = None
    tags: list[str] | None = None
    publish: bool | None = None
    urls: list[str] | None = None

    def given(self) -> list[str]:
        """The options that make no sense without a hub."""
        names = {
            "--consumer-version-selectors": self.selectors,
            "--branch": self.branches,
            "--main-branch": self.main_branch,
            "--deployed": self.deployed,
            "--enable-pending": self.pending,
            "--include-wip-pacts-since": self.wip_since,
            "--provider-branch": self.branch,
            "--provider-tag": self.tags,
            "--publish": self.publish,
            "--pact-url": self.urls,
        }
        return [name for name, value in names.items() if value]

    def chosen(self) -> tuple[VersionSelector, ...]:
        """The selectors.

        Raises:
            UsageError: what is given is no selector.
        """
        given = [document for text in self.selectors or () for document in _documents(text)]
        return (
            *read_selectors(given),
            *((VersionSelector(main_branch=True),) if self.main_branch else ()),
            *(VersionSelector(branch=name) for name in self.branches or ()),
            *((VersionSelector(deployed_or_released=True),) if self.deployed else ()),
        )


def _documents(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise UsageError(
            f"--consumer-version-selectors {text!r} is not JSON ({error}); expected '{{\"mainBranch\": true}}'"
        ) from None
    return found if isinstance(found, list) else [found]


def hub_pacts(access: Access, options: HubOptions) -> HubPacts:
    """The hub as the place that contracts come from and results go to."""
    from accord.hub.client.pacts import HubPacts  # noqa: PLC0415 - httpx, which folders do not need

    return HubPacts(
        access,
        selectors=options.chosen(),
        branch=options.branch,
        tags=options.tags or (),
        pending=options.pending,
        wip_since=options.wip_since,
        urls=options.urls or (),
        publish=options.publish,
        build=find_build(),
    )


class Named(NamedTuple):
    """What a pact's URL names: the hub's own URL, and the provider."""

    hub: str
    provider: str


def named_in(url: str) -> Named:
    """What a pact's URL names.

    Raises:
        UsageError: it is no pact's.
    """
    base, found, rest = url.partition("/pacts/provider/")
    segment, _, more = rest.partition("/")
    try:
        provider = name_of(segment)
    except UnicodeDecodeError:
        provider = ""
    if not found or not provider or not more:
        raise UsageError(
            f"--pact-url {url!r}: expected a pact of a hub, such as https://hub.example.org/pacts/provider/Orders/"
            "consumer/Web/latest; a file is given with --pacts"
        )
    return Named(base, provider)


def print_before(hub: HubPacts, contract: Contract) -> None:
    """Why a contract is verified, and whether it may fail."""
    for text in hub.notices_before(contract):
        for line in text.splitlines():
            print(f"  {line}")


def print_after(hub: HubPacts, result: VerificationResult) -> None:
    """What the hub says to the result, and whether it knows of it."""
    for each in result.contracts:
        for text in hub.notices_after(each):
            print(text)
    if hub.published:
        print(f"published: {len(hub.published)} results of {result.provider} v{result.version} to {hub.access.url}")
    elif not hub.publishes:
        print("not published: that is for CI (CI=true), or --publish")
