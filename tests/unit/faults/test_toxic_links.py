"""What toxics do to bytes and time, without any socket: a link is fed and asked what leaves, moment by moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accord.faults.link import Placed, ToxicLink
from accord.faults.stage import CLOSE, END, RESET
from accord.faults.toxics import read_toxic

if TYPE_CHECKING:
    from accord.faults.stage import Item


def placed(kind: str, *, seed: int = 1, since: int = 0, **settings: Any) -> Placed:
    return Placed(read_toxic({"type": kind, **settings}), 0.0, since, seed)


def flow(link: ToxicLink, feed: list[tuple[float, Item]], until: float = 100.0) -> list[tuple[float, Item]]:
    """All that leaves, with the moments: time jumps to whatever happens next."""
    left: list[tuple[float, Item]] = []
    waiting = list(feed)
    for _ in range(100_000):
        due = link.due()
        if waiting and (due is None or waiting[0][0] <= due):
            now, item = waiting.pop(0)
            left += [(round(now, 6), each) for each in link.feed(item, now)]
        elif due is not None and due <= until:
            left += [(round(due, 6), each) for each in link.advance(due)]
        else:
            return left
    raise AssertionError("it never ends")


@pytest.mark.parametrize(("toxics", "feed", "leaves"), [
    ([], [(0, b"ab"), (1, END)], [(0, b"ab"), (1, END)]),
    ([placed("latency", attributes={"latency": 500})], [(0, b"ab"), (0.1, b"c"), (0.2, END)],
     [(0.5, b"ab"), (0.6, b"c"), (0.6, END)]),
    ([placed("latency", attributes={"latency": 500}), placed("latency", name="2", attributes={"latency": 250})],
     [(0, b"ab")], [(0.75, b"ab")]),
    ([placed("bandwidth", attributes={"rate": 1})], [(0, b"x" * 250), (0, END)],
     [(0.1, b"x" * 100), (0.2, b"x" * 100), (0.25, b"x" * 50), (0.25, END)]),
    ([placed("bandwidth", attributes={"rate": 0})], [(0, b"x"), (1, END)], []),
    ([placed("slow_close", attributes={"delay": 2000})], [(0, b"ab"), (1, END)], [(0, b"ab"), (3, END)]),
    ([placed("timeout", attributes={"timeout": 1000})], [(0.5, b"ab"), (0.9, b"c")], [(1.9, CLOSE)]),
    ([placed("timeout", attributes={"timeout": 1000})], [], [(1, CLOSE)]),
    ([placed("timeout")], [(0, b"ab"), (50, b"c")], []),
    ([placed("timeout")], [(0, b"ab"), (50, END)], [(50, CLOSE)]),
    ([placed("reset_peer", attributes={"timeout": 300})], [(1, b"ab"), (1.1, b"c")], [(1.3, RESET)]),
    ([placed("reset_peer")], [(1, END)], [(1, RESET)]),
    ([placed("refuse")], [], [(0, RESET)]),
    ([placed("refuse", attributes={"timeout": 700})], [(0.1, b"ab")], [(0.7, RESET)]),
    ([placed("slicer", attributes={"average_size": 2, "delay": 1000})], [(0, b"abcde")],
     [(0, b"ab"), (0.001, b"cd"), (0.002, b"e")]),
    ([placed("slicer")], [(0, b"abcde")], [(0, b"abcde")]),
    ([placed("limit_data", attributes={"bytes": 5})], [(0, b"abc"), (1, b"defg"), (2, b"h")],
     [(0, b"abc"), (1, b"de"), (1, CLOSE)]),
    ([placed("limit_data", attributes={"bytes": 5})], [(0, b"abcde")], [(0, b"abcde"), (0, CLOSE)]),
    ([placed("limit_data", attributes={"bytes": 9})], [(0, b"abc"), (1, END)], [(0, b"abc"), (1, END)]),
    ([placed("limit_requests", attributes={"requests": 1})],
     [(0, b"GET / HTTP/1.1\r\n"), (1, b"Host: a\r\n\r\n"), (2, b"GET / HT")],
     [(0, b"GET / HTTP/1.1\r\n"), (1, b"Host: a\r\n\r\n"), (2, CLOSE)]),
    ([placed("latency", attributes={"latency": 500}), placed("limit_data", attributes={"bytes": 1})],
     [(0, b"ab")], [(0.5, b"a"), (0.5, CLOSE)]),
    ([placed("latency", toxicity=0, attributes={"latency": 500})], [(0, b"ab")], [(0, b"ab")]),
    ([placed("latency", attributes={"latency": 500}, schedule={"after": 1, "for": 2, "every": 10})],
     [(0, b"a"), (1, b"b"), (4, b"c"), (12, b"d"), (14, b"e")], [(0, b"a"), (1.5, b"b"), (4, b"c"), (12.5, b"d"), (14, b"e")]),
])  # fmt: skip
def test_a_toxic_does_what_it_says(
    toxics: list[Placed], feed: list[tuple[float, Item]], leaves: list[tuple[float, Item]]
) -> None:
    assert flow(ToxicLink(toxics, 0, 0.0), feed) == leaves


def test_jitter_stays_within_its_bounds_and_nothing_overtakes() -> None:
    toxic = placed("latency", attributes={"latency": 100, "jitter": 50})
    left = flow(ToxicLink([toxic], 0, 0.0), [(n / 1000, b"%d," % n) for n in range(300)])
    assert [item for _, item in left] == [b"%d," % n for n in range(300)]
    delays = [at - n / 1000 for n, (at, _) in enumerate(left)]
    assert min(delays) >= 0.05
    assert max(delays) <= 0.15
    assert len({round(delay, 3) for delay in delays}) > 3


def test_slices_vary_within_their_bounds() -> None:
    toxic = placed("slicer", attributes={"average_size": 10, "size_variation": 4})
    left = flow(ToxicLink([toxic], 0, 0.0), [(0, bytes(1000))])
    sizes = [len(item) for _, item in left[:-1] if isinstance(item, bytes)]
    assert b"".join(item for _, item in left if isinstance(item, bytes)) == bytes(1000)
    assert 6 <= min(sizes) < max(sizes) <= 14


@pytest.mark.parametrize("settings", [
    {"toxicity": 0.3}, {"toxicity": 0.3, "connections": {"after": 0}}, {"connections": {"every": 3}},
    {"connections": {"first": 5}}, {"connections": {"after": 7, "first": 2}},
])  # fmt: skip
def test_chance_repeats_with_its_seed(settings: dict[str, Any]) -> None:
    def touched(seed: int) -> list[int]:
        toxic = placed("refuse", seed=seed, **settings)
        return [number for number in range(200) if not ToxicLink([toxic], number, 0.0).is_clear]

    first = touched(7)
    assert first == touched(7)
    expected = {"every": list(range(0, 200, 3)), "first": list(range(5)), "after": [7, 8]}
    if "toxicity" in settings:
        assert 30 < len(first) < 90
        assert first != touched(8)
    else:
        assert first == expected[next(iter(settings["connections"]))]


def test_connections_from_before_a_toxic_are_not_its_first_ones() -> None:
    toxic = placed("refuse", since=10, connections={"first": 2})
    assert [n for n in range(15) if not ToxicLink([toxic], n, 0.0).is_clear] == [10, 11]


def test_what_a_removed_toxic_held_leaves_at_once_and_in_order() -> None:
    first, second = (
        placed("latency", attributes={"latency": 900}),
        placed("latency", name="2", attributes={"latency": 50}),
    )
    link = ToxicLink([first, second], 0, 0.0)
    assert link.feed(b"a", 0.0) == []
    assert link.feed(b"b", 0.1) == []
    link.change([second], 0.2)
    assert link.advance(0.2) == []
    assert link.feed(b"c", 0.21) == []
    assert flow(link, []) == [(0.25, b"a"), (0.25, b"b"), (0.26, b"c")]
    assert link.held_bytes == 0


def test_a_changed_toxic_lets_go_of_what_it_held() -> None:
    toxic = placed("latency", attributes={"latency": 900})
    link = ToxicLink([toxic], 0, 0.0)
    assert link.feed(b"a", 0.0) == []
    toxic.toxic = toxic.toxic.changed({"attributes": {"latency": 50}})
    link.change([toxic], 0.1)
    assert link.advance(0.1) == [b"a"]
    assert flow(link, [(0.2, b"b")]) == [(0.25, b"b")]


def test_a_limit_that_is_changed_goes_on_counting() -> None:
    toxic = placed("limit_data", attributes={"bytes": 5})
    link = ToxicLink([toxic], 0, 0.0)
    assert link.feed(b"abc", 0.0) == [b"abc"]
    toxic.toxic = toxic.toxic.changed({"attributes": {"bytes": 7}})
    link.change([toxic], 0.1)
    assert link.feed(b"defghi", 0.2) == [b"defg", CLOSE]


def test_a_removed_timeout_closes_the_connection_because_data_is_gone() -> None:
    toxic = placed("timeout")
    link = ToxicLink([toxic], 0, 0.0)
    assert link.feed(b"a", 0.0) == []
    link.change([], 0.1)
    assert link.advance(0.1) == [CLOSE]


def test_a_toxic_that_did_not_change_is_not_disturbed_by_another() -> None:
    slow = placed("latency", attributes={"latency": 500})
    link = ToxicLink([slow], 0, 0.0)
    link.feed(b"a", 0.0)
    link.change([slow, placed("limit_data", attributes={"bytes": 10})], 0.1)
    assert flow(link, []) == [(0.5, b"a")]


@pytest.mark.parametrize(("pieces", "counts"), [
    ([b"GET / HTTP/1.1\r\n\r\n"], [1]),
    ([b"G", b"ET / HTTP/1.1\r\n\r", b"\n", b"GET"], [1, 1, 1, 2]),
    ([b"POST / HTTP/1.1\r\nContent-Length: 20\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n..", b"POST"], [1, 1, 2]),
    ([b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n5\r\nGET /\r\n0\r\n\r\n", b"GET /"], [1, 2]),
    ([b"GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n"], [3]),
    ([b"\x00\x00\x00\x08\x04\xd2\x16\x2f" * 50_000, b"more" * 10], [1, 1]),
    ([b"\r\n", b"GET / HTTP/1.1\r\n\r\n"], [0, 1]),
])  # fmt: skip
def test_requests_are_counted_when_they_begin(pieces: list[bytes], counts: list[int]) -> None:
    from accord.faults.requests import RequestCounter  # noqa: PLC0415 - of this test alone

    counter = RequestCounter()
    assert [counter.count(piece) for piece in pieces] == counts
