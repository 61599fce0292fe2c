"""Which interaction covers which observed call or message; what no contract covers, and what nothing exercised.

A value machine: observations and contracts go in, a Coverage comes out; no input or output in here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from accord.contract.bodies import MISSING
from accord.contract.coverage.findings import Coverage, Finding, Uncovered
from accord.contract.coverage.observations import ObservedCall, ObservedMessage
from accord.contract.coverage.path_templates import PathTemplates
from accord.contract.coverage.shapes import Literals, answer_as_shape, as_shape, has_path_rule
from accord.contract.matching import match_message, match_request, match_response
from accord.contract.model import AsyncMessage, HttpInteraction, MessageContents
from accord.contract.wire import request_from_wire, response_from_wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from accord.contract.coverage.observations import Observed
    from accord.contract.mismatches import Mismatch
    from accord.contract.model import Contract, Interaction, Request, Response
    from accord.contract.spec import SpecVersion

_FROM_THE_WAY = (408, 429)
_SERVER_ERRORS = 500
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Terms:
    """How an audit compares.

    Attributes:
        paths: templates of paths whose identifiers do not look like any, such as ``/users/{name}``.
        literals: how values without a rule are compared in answers: by ``type``, or by ``value``.
        ignored: operations that are no contract's business, such as ``GET /metrics``; a template, with its method.
    """

    paths: tuple[str, ...] = ()
    literals: Literals = "type"
    ignored: tuple[str, ...] = ()


def audit(observed: Iterable[Observed], contracts: Sequence[Contract], terms: Terms | None = None) -> Coverage:
    """Compare what was seen with what contracts say.

    A call is covered by an interaction between the same two whose request it fits by its shape (see shapes), whose
    answer fits too. A message is covered by one whose content it fits by the contract's own rules.

    Args:
        observed: calls and messages.
        contracts: all that there are, of whatever pairs.
        terms: how to compare.
    """
    return _Auditor(contracts, terms or Terms()).run(observed)


@dataclass(frozen=True, slots=True)
class _Operation:
    """One HTTP interaction, ready to compare with."""

    interaction: HttpInteraction
    spec: SpecVersion
    request: Request
    response: Response


class _Auditor:
    def __init__(self, contracts: Sequence[Contract], terms: Terms) -> None:
        ignored = [(method.upper(), path) for method, _, path in (each.partition(" ") for each in terms.ignored)]
        self._paths = PathTemplates([*terms.paths, *(path for _, path in ignored)])
        self._ignored = {(method, self._template(path)) for method, path in ignored}
        self._operations: dict[Pair, list[_Operation]] = {}
        self._messages: dict[Pair, list[tuple[AsyncMessage, SpecVersion]]] = {}
        self._all: dict[int, tuple[Pair, Interaction]] = {}
        for contract in contracts:
            pair = (contract.consumer, contract.provider)
            for each in contract.interactions:
                self._all[id(each)] = (pair, each)
                self._add(pair, each, contract.version, terms.literals)
        self._exercised: set[int] = set()

    def run(self, observed: Iterable[Observed]) -> Coverage:
        calls = messages = 0
        findings: list[Finding] = []
        pairs: set[Pair] = set()
        for each in observed:
            if isinstance(each, ObservedCall) and self._is_ignored(each):
                continue
            calls += isinstance(each, ObservedCall)
            messages += isinstance(each, ObservedMessage)
            pairs.add((each.consumer, each.provider))
            uncovered = self._call(each) if isinstance(each, ObservedCall) else self._message(each)
            if uncovered is not None:
                findings.append(Finding(each, uncovered))
        unexercised = tuple(item for key, item in self._all.items() if key not in self._exercised)
        return Coverage(calls, messages, tuple(sorted(pairs)), tuple(findings), unexercised, self._paths)

    def _add(self, pair: Pair, each: Interaction, spec: SpecVersion, literals: Literals) -> None:
        if isinstance(each, HttpInteraction):
            operation = _Operation(each, spec, as_shape(each.request), answer_as_shape(each.response, literals))
            self._operations.setdefault(pair, []).append(operation)
        elif isinstance(each, AsyncMessage):
            self._messages.setdefault(pair, []).append((each, spec))

    # Calls

    def _call(self, call: ObservedCall) -> Uncovered | None:
        request = request_from_wire(call.request)
        response = response_from_wire(call.response) if call.response else None
        known = self._operations.get((call.consumer, call.provider), [])
        nearest: Uncovered | None = None
        covered = asked = False
        for operation in known:
            wrong = self._asked_otherwise(operation, request, call)
            if not any(each.kind in ("method", "path") for each in wrong):
                wrong_answer = [] if response is None else _answered_otherwise(operation, response, call)
                if not wrong and not wrong_answer:
                    covered = True
                    self._exercised.add(id(operation.interaction))
                asked |= not wrong
                found = Uncovered(operation.interaction, (*wrong_answer, *wrong))
                nearest = _nearer(found, nearest)
        if covered or (asked and (call.doubled or response is None or _is_from_the_way(response.status or 0))):
            return None
        return nearest or Uncovered(None, ())

    def _asked_otherwise(self, operation: _Operation, request: Request, call: ObservedCall) -> list[Mismatch]:
        expected = operation.request
        if not has_path_rule(expected) and self._paths.same(expected.path, request.path):
            expected = replace(expected, path=request.path)
        if call.partial:
            expected = replace(expected, body=MISSING)
        return match_request(expected, request, spec=operation.spec)

    def _is_ignored(self, call: ObservedCall) -> bool:
        return (call.request.method.upper(), self._template(call.request.path)) in self._ignored

    def _template(self, path: str) -> str:
        return self._paths.template_of(path)

    # Messages

    def _message(self, message: ObservedMessage) -> Uncovered | None:
        nearest: Uncovered | None = None
        covered = False
        for each, spec in self._messages.get((message.consumer, message.provider), []):
            expected, metadata = each.contents, message.metadata
            if metadata is None:
                expected, metadata = replace(expected, metadata={}), {}
            wrong = match_message(expected, MessageContents(message.body, metadata), spec=spec)
            if wrong:
                nearest = _nearer(Uncovered(each, tuple(wrong)), nearest)
            else:
                covered = True
                self._exercised.add(id(each))
        return None if covered else nearest or Uncovered(None, ())


def _answered_otherwise(operation: _Operation, response: Response, call: ObservedCall) -> list[Mismatch]:
    expected = operation.response
    if call.partial or call.doubled:  # a double's answer may deviate on purpose
        expected = replace(expected, headers={}, body=MISSING)
    return match_response(expected, response, spec=operation.spec)


def _nearer(one: Uncovered, other: Uncovered | None) -> Uncovered:
    """The one that is less wrong: whose status is the same, then whose differences are fewer."""
    if other is None:
        return one
    return min(other, one, key=lambda each: (each.has("status"), len(each.mismatches)))


def _is_from_the_way(status: int) -> bool:
    """Whether something between two services may answer this on its own, so that no contract need say it."""
    return status >= _SERVER_ERRORS or status in _FROM_THE_WAY
