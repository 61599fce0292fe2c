"""Finds the stubs that a request may fit without asking the others: by method, URL and what must be there as it is."""

from __future__ import annotations

from bisect import insort
from itertools import product
from typing import TYPE_CHECKING

from accord.stub.request_pattern import ANY_METHOD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from accord.stub.mapping import StubMapping
    from accord.stub.requests import StubRequest

Names = tuple[tuple[str, str], ...]
Key = tuple[str, str, str]

_MOST_CACHED = 4096  # URLs whose buckets are remembered
_NO_NAMES: set[Names] = {()}
_MOST_COMBINATIONS = 64  # of repeated headers and parameters; with more, all stubs of the group are asked


def _rank(stub: StubMapping) -> tuple[int, int]:
    return stub.rank


class Bucket:
    """Stubs of one method and URL, apart by the names and values that a request must have."""

    __slots__ = ("groups",)

    def __init__(self) -> None:
        self.groups: dict[Names, dict[tuple[str, ...], list[StubMapping]]] = {}

    def add(self, stub: StubMapping) -> None:
        """Take a stub in."""
        literals = stub.request.literals()
        group = self.groups.setdefault(tuple(name for name, _ in literals), {})
        insort(group.setdefault(tuple(value for _, value in literals), []), stub, key=_rank)

    def remove(self, stub: StubMapping) -> bool:
        """Take a stub out; whether the bucket is empty then."""
        literals = stub.request.literals()
        names, values = tuple(name for name, _ in literals), tuple(value for _, value in literals)
        stubs = self.groups[names][values]
        stubs.remove(stub)
        if not stubs:
            del self.groups[names][values]
            if not self.groups[names]:
                del self.groups[names]
        return not self.groups

    def lists(self, request: StubRequest) -> Iterator[list[StubMapping]]:
        """The lists of stubs that a request may fit, each in the order of their ranks."""
        for names, table in self.groups.items():
            if not names:
                yield from table.values()
                continue
            values = [_values(request, name) for name in names]
            if not all(values):
                continue
            if sum(map(len, values)) > _MOST_COMBINATIONS:
                yield from table.values()
                continue
            for combination in product(*(dict.fromkeys(each) for each in values)):
                found = table.get(combination)
                if found is not None:
                    yield found


class Index:
    """All stubs of one namespace.

    Attributes:
        instant: by method and URL, the stub that answers whatever else a request has.
    """

    def __init__(self) -> None:
        self._buckets: dict[Key, Bucket] = {}
        self._prefix_lengths: dict[int, int] = {}
        self._cache: dict[tuple[str, str], tuple[Bucket, ...]] = {}
        self.instant: dict[tuple[str, str], StubMapping] = {}

    def add(self, stub: StubMapping) -> None:
        """Take a stub in."""
        key = _key(stub)
        if key[1] == "prefix":
            self._prefix_lengths[len(key[2])] = self._prefix_lengths.get(len(key[2]), 0) + 1
        self._buckets.setdefault(key, Bucket()).add(stub)
        self._forget()

    def remove(self, stub: StubMapping) -> None:
        """Take a stub out."""
        key = _key(stub)
        if self._buckets[key].remove(stub):
            del self._buckets[key]
        if key[1] == "prefix":
            self._prefix_lengths[len(key[2])] -= 1
            if not self._prefix_lengths[len(key[2])]:
                del self._prefix_lengths[len(key[2])]
        self._forget()

    def clear(self) -> None:
        """Take all out."""
        self._buckets.clear()
        self._prefix_lengths.clear()
        self._forget()

    def _forget(self) -> None:
        self._cache.clear()
        self.instant.clear()

    def candidates(self, request: StubRequest) -> Sequence[StubMapping]:
        """The stubs that a request may fit, the first to ask first."""
        buckets = self.buckets(request)
        found = [each for bucket in buckets for each in bucket.lists(request)]
        stubs = found[0] if len(found) == 1 else sorted((stub for each in found for stub in each), key=_rank)
        if stubs and stubs[0].instant and all(bucket.groups.keys() == _NO_NAMES for bucket in buckets):
            self.instant[request.method, request.target] = stubs[0]
        return stubs

    def buckets(self, request: StubRequest) -> tuple[Bucket, ...]:
        """The buckets for a request's method and URL."""
        key = (request.method, request.target)
        known = self._cache.get(key)
        if known is None:
            if len(self._cache) >= _MOST_CACHED:
                self._forget()
            known = self._cache[key] = tuple(self._lookup(request.method, request))
        return known

    def _lookup(self, method: str, request: StubRequest) -> Iterator[Bucket]:
        for each in (method, ANY_METHOD):
            for key in ((each, "url", request.target), (each, "path", request.path)):
                if key in self._buckets:
                    yield self._buckets[key]
            for length in self._prefix_lengths:
                bucket = self._buckets.get((each, "prefix", request.target[:length]))
                if bucket is not None:
                    yield bucket


def _key(stub: StubMapping) -> Key:
    """Where a stub lies. A regular expression with an empty beginning lies where every URL looks."""
    url = stub.request.url
    if url.kind == "url":
        return stub.request.method, "url", url.text
    if url.kind == "urlPath":
        return stub.request.method, "path", url.text
    return stub.request.method, "prefix", url.prefix


def _values(request: StubRequest, name: tuple[str, str]) -> Sequence[str]:
    kind, key = name
    if kind == "header":
        return request.header_values(key)
    if kind == "query":
        return request.query.get(key, ())
    if kind == "cookie":
        return request.cookies.get(key, ())
    segments = request.segments()
    index = int(key)
    return segments[index : index + 1]
