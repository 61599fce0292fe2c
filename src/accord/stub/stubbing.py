"""What tests say to a StubServer: when this comes, answer that; and afterwards, did it come?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.core.errors import UsageError
from accord.stub.building import Received, Stub, When
from accord.stub.near_misses import near_misses, nearest_requests
from accord.stub.problems import shown
from accord.stub.recording import RecordSpec
from accord.stub.request_reading import read_request_pattern
from accord.stub.words import request_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.stub.engine import Engine
    from accord.stub.request_pattern import RequestPattern
    from accord.stub.requests import StubRequest
    from accord.stub.space import Space

_MOST_SHOWN = 5


class StubVerificationFailed(AssertionError):  # noqa: N818 - a finding of the test, not a broken tool
    """Requests came more or less often than expected, or none fitted a stub; says which came near and why not."""


class Stubbing:
    """Stubs and requests of one namespace; what StubServer and the fixture ``stub_server`` are.

    Args:
        engine: the server's.
        space: the namespace.

    Attributes:
        strict: a request that no stub fits is a finding, at the end of the test or block.
    """

    def __init__(self, engine: Engine, space: Space) -> None:
        self.strict = engine.options.strict
        self._engine = engine
        self._space = space

    def when(
        self,
        method: str,
        url: str | Any,
        *,
        query: dict[str, Any] | None = None,
        headers: dict[str, Any] | None = None,
        cookies: dict[str, Any] | None = None,
        form: dict[str, Any] | None = None,
        body: Any = None,
    ) -> When:
        """Begin a stub; see `words.request_pattern` for what it takes."""
        pattern = request_pattern(method, url, query=query, headers=headers, cookies=cookies, form=form, body=body)
        return When(self, pattern)

    def stub(self, mapping: Mapping[str, Any]) -> Stub:
        """A stub from a mapping as WireMock's JSON has it.

        Raises:
            MappingError: something in it is wrong, or a document does not allow it.
        """
        return Stub(self._space, self._engine.add(self._space, dict(mapping)))

    def requests(self, method: str = "ANY", url: Any = None, **more: Any) -> list[Received]:
        """The requests that came, the oldest first; all, or those that fit: takes what `when` takes."""
        pattern = _pattern(method, url, more)
        return [
            _received(each.request, matched=each.was_matched)
            for each in self._space.journal
            if pattern.matches(each.request)
        ]

    @property
    def unmatched(self) -> list[Received]:
        """The requests that no stub fitted."""
        return [_received(each.request, matched=False) for each in self._space.journal if not _was_answered(each)]

    def verify(self, method: str, url: Any, *, times: int | None = None, **more: Any) -> list[Received]:
        """Check that such a request came, and give those that did.

        Args:
            method: as `when` takes it.
            url: the same.
            times: how often exactly; at least once by default.
            more: query, headers, cookies, form and body as `when` takes them.

        Raises:
            StubVerificationFailed: another number; shows the requests that come nearest and what differs.
        """
        pattern = _pattern(method, url, more)
        found = [each.request for each in self._space.journal if pattern.matches(each.request)]
        if (times is None and found) or (times is not None and len(found) == times):
            return [_received(each, matched=True) for each in found]
        raise StubVerificationFailed(self._told(pattern, len(found), times))

    def _told(self, pattern: RequestPattern, found: int, times: int | None) -> str:
        wanted = "at least once" if times is None else f"{times} times" if times != 1 else "once"
        lines = [f"expected {pattern.describe()} {wanted}, seen {found} times"]
        others = [each.request for each in self._space.journal if not pattern.matches(each.request)]
        if not others:
            lines.append("  nothing else came")
        elif found < (times or 1):
            lines.append("  nearest requests:")
            for _, each in nearest_requests(pattern, others):
                lines.append(f"    {each.method} {shown(each.target)}")
                for one in pattern.differences(each):
                    lines.append(f"      {one.field}: expected {shown(one.expected)}, seen {shown(one.seen)}")  # noqa: PERF401 - reads as it is printed
        return "\n".join(lines)

    def check(self) -> None:
        """Check that every request found its stub.

        Raises:
            StubVerificationFailed: one did not; says which stubs come near and what differs.
        """
        entries = [each for each in self._space.journal if not _was_answered(each)]
        if not entries:
            return
        lines = [f"{len(entries)} requests fitted no stub:"]
        for each in entries[:_MOST_SHOWN]:
            lines.append(f"  {each.request.method} {shown(each.request.target)}")
            for miss in near_misses(self._space, each.request):
                lines += [f"    {line}" for line in miss.lines()]
        raise StubVerificationFailed("\n".join(lines))

    def reset(self) -> None:
        """Forget stubs, requests and scenarios."""
        self._space.clear()
        self._space.scenarios.reset()
        self._space.journal.clear()

    def scenario(self, name: str) -> str:
        """The state of a scenario."""
        return self._space.scenarios.state(name)

    def record(self, target: str, *, on_miss: bool = False, keep_latency: bool = False) -> None:
        """Pass requests on to a service and remember its answers, until `stop_recording`."""
        spec = RecordSpec(target, on_miss=on_miss, keep_latency=keep_latency, persist=False)
        self._engine.recorder.start(self._space, spec, trusted=True)

    def stop_recording(self) -> list[dict[str, Any]]:
        """Stop, and answer by what was recorded from here on; gives the new stubs as WireMock's JSON."""
        return [each.document for each in self._engine.recorder.stop(self._space)]

    def pact_draft(self, consumer: str, provider: str) -> dict[str, Any]:
        """What came and was answered, as the draft of a pact."""
        from accord.stub.pact_draft import draft_of  # noqa: PLC0415 - brings the contract package

        return draft_of(self._space.journal, consumer, provider)


def _was_answered(entry: Any) -> bool:
    return bool(entry.was_matched or entry.forwarded or (entry.plan is not None and entry.plan.status < 400))  # noqa: PLR2004 - a file was served


def _pattern(method: str, url: Any, more: dict[str, Any]) -> RequestPattern:
    unknown = set(more) - {"query", "headers", "cookies", "form", "body"}
    if unknown:
        raise UsageError(f"{min(unknown)!r} is not known; there are query, headers, cookies, form and body")
    document = request_pattern(method, url if url is not None else "/", **more)
    if url is None:
        del document["urlPath"]
    return read_request_pattern(document, "")


def _received(request: StubRequest, *, matched: bool) -> Received:
    return Received(
        request.method, request.target, request.path, request.query, request.all_headers, request.body, matched
    )
