"""A hub as the place that contracts come from and that results go to."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from accord.contract.ports import PactSource, ResultSink
from accord.contract.reading import contract_from_json
from accord.core.errors import UsageError
from accord.hub.client.access import Access, find_access, need_access
from accord.hub.client.build import Build, find_build
from accord.hub.client.shells import AsyncHubClient, HubClient
from accord.hub.client.verifying import Verified, Wanted, kept, pacts_at, pacts_to_verify, publish_results

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accord.contract.model import Contract
    from accord.contract.verification import ContractResult, VerificationResult
    from accord.hub.client.verifying import FoundPact
    from accord.hub.wire.selectors import VersionSelector


class HubPacts(PactSource, ResultSink):
    """The contracts of a hub or a Pact Broker: those that a provider has to verify; results go back to it.

    ``Verifier("Orders", version=…).pacts(hub).record_to(hub)``.

    Args:
        hub: its URL or an Access; found in the environment where it is None.
        selectors: which consumer versions count: main branches, what is deployed or released, and the provider's own
            branch where nothing is said.
        branch: the provider's; from CI's variables or git where it is None.
        tags: of the provider's version.
        pending: let new contracts fail until they were verified once.
        wip_since: a date such as ``2026-01-31``: other branches' contracts since then are verified too, and may fail.
        urls: the pacts at these URLs alone, as a webhook names them; the rest says nothing then.
        publish: whether results are published; None for in CI alone.
        build: what is known of the build; found where it is None.

    Attributes:
        published: URLs of the results that were published.
    """

    def __init__(
        self,
        hub: str | Access | None = None,
        *,
        selectors: Sequence[VersionSelector] = (),
        branch: str | None = None,
        tags: Sequence[str] = (),
        pending: bool = False,
        wip_since: str | None = None,
        urls: Sequence[str] = (),
        publish: bool | None = None,
        build: Build | None = None,
    ) -> None:
        self.access = hub if isinstance(hub, Access) else need_access(find_access(hub))
        self._wanted = Wanted(tuple(selectors), branch, tuple(tags), pending, wip_since)
        self._urls = tuple(urls)
        self._publish = publish
        self._given_build = build
        self._found: dict[str, FoundPact] = {}
        self.published: list[str] = []

    @cached_property
    def _build(self) -> Build:
        return self._given_build or find_build()

    @property
    def publishes(self) -> bool:
        """Whether results are published."""
        return self._build.is_ci if self._publish is None else self._publish

    def _asked(self) -> Wanted:
        return replace(self._wanted, branch=self._wanted.branch or self._build.branch)

    def contracts_for(self, provider: str) -> Sequence[Contract]:
        """See PactSource; a hub that does not know the provider has none.

        Raises:
            HubError: the hub cannot be used.
            ContractFormatError: it has something that is no pact.
        """
        with HubClient(self.access) as client:
            if self._urls:
                return self._read(client.run(pacts_at, provider, self._urls))
            return self._read(client.run(pacts_to_verify, provider, self._asked()))

    async def acontracts_for(self, provider: str) -> Sequence[Contract]:
        """The same in async code."""
        async with AsyncHubClient(self.access) as client:
            if self._urls:
                return self._read(await client.run(pacts_at, provider, self._urls))
            return self._read(await client.run(pacts_to_verify, provider, self._asked()))

    def _read(self, found: Sequence[FoundPact]) -> list[Contract]:
        self._found = {each.url: each for each in found}
        return [_contract(each) for each in found]

    def describe(self) -> str:
        """The hub."""
        return f"the hub at {self.access.url}"

    def record(self, result: VerificationResult) -> None:
        """Publish a result, if results are published.

        Raises:
            HubError: the hub cannot be used, or refuses.
            UsageError: the result has no version.
        """
        mine = self._mine(result)
        if mine and self.publishes:
            with HubClient(self.access) as client:
                self.published += client.run(publish_results, self._verified(result), mine)

    async def arecord(self, result: VerificationResult) -> None:
        """The same in async code."""
        mine = self._mine(result)
        if mine and self.publishes:
            async with AsyncHubClient(self.access) as client:
                self.published += await client.run(publish_results, self._verified(result), mine)

    def _mine(self, result: VerificationResult) -> list[ContractResult]:
        """Of several sources, what came from this one; all, if it was not asked for any."""
        return [each for each in result.contracts if not self._found or each.contract.source in self._found]

    def _verified(self, result: VerificationResult) -> Verified:
        if result.version is None:
            raise UsageError(
                "a result is published by the provider's version: --provider-version, GIT_COMMIT, "
                "or Verifier(name, version='…')"
            )
        return Verified(result.provider, result.version, self._asked().branch, self._wanted.tags, self._build.url)

    def notices_before(self, contract: Contract) -> list[str]:
        """What the hub says of a contract before it is verified: why it is, and whether it may fail."""
        found = self._found.get(contract.source or "")
        return found.said("before_verification") if found else []

    def notices_after(self, result: ContractResult) -> list[str]:
        """What the hub says once a contract was verified."""
        found = self._found.get(result.contract.source or "")
        if found is None:
            return []
        success, published = str(kept(result)).lower(), str(bool(self.published)).lower()
        return [
            *found.said("after_verification"),
            *found.said(f"after_verification:success_{success}_published_{published}"),
        ]


def _contract(found: FoundPact) -> Contract:
    contract = contract_from_json(found.document, source=found.url)
    return replace(contract, pending=found.pending, wip=found.wip)


def open_hub(url: str) -> HubPacts:
    """The entry point by which ``.pacts("https://…")`` and ``.record_to("https://…")`` find a hub."""
    return HubPacts(url)
