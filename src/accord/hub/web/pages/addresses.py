"""The addresses of pages: without scheme and host, so that they stay with whatever a browser asked."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from accord.hub.wire.addresses import Addresses

if TYPE_CHECKING:
    from accord.hub.domain.records import Pact


class PageAddresses(Addresses):
    """Makes the links of pages.

    Args:
        whole: the hub's addresses as the request has them.
    """

    __slots__ = ()

    def __init__(self, whole: Addresses) -> None:
        super().__init__(urlsplit(whole.base).path.rstrip("/"))

    def overview(self, **query: object) -> str:
        """All pairs, or those that a search finds."""
        return self._asked("/", query)

    def participant_page(self, name: str, page: int) -> str:
        """A page of a participant's versions."""
        return self._asked(self.of("pacticipants", name).removeprefix(self.base), {"page": page})

    def shown_pact(self, pact: Pact) -> str:
        """A pact's page."""
        return self.pact(pact.consumer, pact.provider, pact.version)

    def comparison(self, pact: Pact, other: str) -> str:
        """A pact's page with the difference to another version's."""
        return f"{self.shown_pact(pact)}?{urlencode({'compare': other})}#changes"

    def pair_matrix(self, consumer: str, provider: str) -> str:
        """The matrix of a pair, in its form."""
        pairs = [("q[][pacticipant]", consumer), ("q[][pacticipant]", provider), ("latestby", "cvpv")]
        return f"{self.base}/matrix?{urlencode(pairs)}"

    def matrix(self) -> str:
        """The matrix's form."""
        return f"{self.base}/matrix"

    def can_i_deploy(self, **query: object) -> str:
        """The question, or its form."""
        return self._asked("/can-i-deploy", query)

    def environments(self) -> str:
        """What is deployed where."""
        return f"{self.base}/environments"

    def webhook_status(self, consumer: str, provider: str) -> str:
        """What the webhooks of a pair sent."""
        return self.pair(consumer, provider, "webhooks", "status")

    def _asked(self, path: str, query: dict[str, object]) -> str:
        given = {name: value for name, value in query.items() if value not in {None, ""}}
        return f"{self.base}{path}" + (f"?{urlencode(given)}" if given else "")
