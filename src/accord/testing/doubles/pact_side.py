"""An HTTP double's side of pacts: only what their interactions say."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from accord.contract.account import Account
from accord.contract.matching import match_request, match_response
from accord.contract.matching.bodies import match_body
from accord.contract.mock import UnexpectedRequest
from accord.contract.model import Contract, HttpInteraction, Request, has_generators
from accord.contract.ports import PactFiles
from accord.contract.reading import contract_from_json
from accord.contract.requirements import requirements_of
from accord.contract.wire import request_from_wire, response_from_wire, response_to_wire
from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from accord.contract.mismatches import Mismatch
    from accord.core.http.messages import HttpRequest, HttpResponse


class PactSide:
    """See Side.

    Args:
        source: a contract, a pact's JSON value, its file, or a folder of them.
        provider: only pacts with this provider; needed where a folder has several.
        states: only interactions with all of these provider states; all interactions where none is given.

    Raises:
        DocumentError: it cannot be read.
        UsageError: several providers and none chosen, an unknown state, or no HTTP interaction.
    """

    def __init__(
        self, source: Contract | dict[str, Any] | str | Path, *, provider: str | None, states: Sequence[str]
    ) -> None:
        contracts = [each for each in _contracts(source) if provider in (None, each.provider)]
        providers = sorted({each.provider for each in contracts})
        if len(providers) != 1:
            seen = ", ".join(providers) or "none"
            raise UsageError(f"expected pacts with one provider, seen {seen}: give provider=… of those there are")
        self.title = f"pact of {', '.join(sorted({each.consumer for each in contracts}))} with {providers[0]}"
        self._specs = {id(each): contract.version for contract in contracts for each in contract.interactions}
        self._all = [
            each for contract in contracts for each in contract.interactions if isinstance(each, HttpInteraction)
        ]
        self._interactions = self._of_states(states)

    def select(self, states: Sequence[str]) -> None:
        """Answer only by interactions with all of these provider states."""
        self._interactions = self._of_states(states)

    def problem(self, request: HttpRequest) -> str | None:
        """See Side."""
        received = request_from_wire(request)
        found, mismatches = self._find(received)
        if found is not None and not mismatches:
            return None
        return "  " + UnexpectedRequest(received, found, tuple(mismatches)).describe().replace("\n", "\n  ")

    def answer(self, request: HttpRequest, status: int | None = None) -> HttpResponse | None:
        """See Side."""
        received = request_from_wire(request)
        for each in self._interactions:
            if status in (None, each.response.status) and not match_request(
                each.request, received, spec=self._specs[id(each)]
            ):
                return _answered(each)
        return None

    def refuse(self, method: str, path: str, response: HttpResponse) -> str | None:
        """See Side: an interaction of that operation must say it, and no field more."""
        seen = response_from_wire(response)
        problems: list[list[Mismatch]] = []
        for each in self._of(method, path):
            expected = each.response
            mismatches = match_response(expected, seen, spec=self._specs[id(each)])
            if not mismatches:
                rules = expected.rules.category("body")
                mismatches = match_body(expected.body, seen.body, rules, allow_unexpected=False)
            if not mismatches:
                return None
            problems.append(mismatches)
        return "\n".join(f"  {method} {path} {mismatch}" for mismatch in min(problems, key=len))

    def refuse_unknown(self, method: str, path: str) -> None:
        """See Side."""
        if not self._of(method, path):
            known = sorted({f"{each.request.method.upper()} {each.request.path}" for each in self._interactions})
            raise UsageError(f"{self.title} has no interaction for {method} {path}; it has {', '.join(known)}")

    def statuses(self, method: str, path: str) -> list[str]:
        """See Side."""
        return sorted({str(each.response.status) for each in self._of(method, path)})

    def fingerprint(self, request: HttpRequest) -> str:
        """See Side."""
        said = [
            f"{each.title} {each.response.status} {sorted(each.response.headers.items())} {each.response.body.data!r} "
            f"{sorted(map(str, requirements_of(each.response.body, each.response.rules.category('body')).items()))}"
            for each in self._of(request.method, request.path)
        ]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]

    def is_for(self, method: str, path: str, request: HttpRequest) -> bool:
        """See Side."""
        return request.method == method.upper() and (
            request.path == path or any(not _of_place(each, method, request.path) for each in self._of(method, path))
        )

    def _of(self, method: str, path: str) -> list[HttpInteraction]:
        return [
            each
            for each in self._interactions
            if (each.request.path == path and each.request.method.upper() == method.upper())
            or not _of_place(each, method, path)
        ]

    def _of_states(self, states: Sequence[str]) -> list[HttpInteraction]:
        known = {state.name for each in self._all for state in each.states}
        unknown = [state for state in states if state not in known]
        if unknown:
            raise UsageError(f"{self.title} has no provider state {unknown[0]!r}; it has {', '.join(sorted(known))}")
        found = [each for each in self._all if set(states) <= {state.name for state in each.states}]
        if not found:
            raise UsageError(f"{self.title} has no HTTP interaction{f' with all of {states}' if states else ''}")
        return found

    def _find(self, received: Request) -> tuple[HttpInteraction | None, list[Mismatch]]:
        account: Account[HttpInteraction] = Account(self._interactions, lambda each: each.title, "requested")
        return account.find(lambda each: match_request(each.request, received, spec=self._specs[id(each)]))


def _of_place(interaction: HttpInteraction, method: str, path: str) -> list[Mismatch]:
    """What keeps an interaction from being one of a method and a path."""
    found = match_request(interaction.request, Request(method.upper(), path))
    return [each for each in found if each.kind in ("method", "path")]


def _answered(interaction: HttpInteraction) -> HttpResponse:
    response = interaction.response
    if has_generators(response):
        from accord.contract.generators import prepare_answer  # noqa: PLC0415 - few responses have generators

        response = prepare_answer(response)
    return response_to_wire(response)


def _contracts(source: Contract | dict[str, Any] | str | Path) -> list[Contract]:
    if isinstance(source, Contract):
        return [source]
    return [contract_from_json(source)] if isinstance(source, dict) else PactFiles(source).all_contracts()
