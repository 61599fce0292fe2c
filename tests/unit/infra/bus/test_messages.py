"""Subjects, headers, redelivery and the parts of a message, without a bus."""

from __future__ import annotations

import pytest

from accord.core.errors import UsageError
from accord.infra.bus.brokered import Ledger
from accord.infra.bus.message import Message, from_headers, outgoing, to_headers
from accord.infra.bus.redelivery import Redelivery, Verdict, dead_letter, failed
from accord.infra.bus.subjects import check_pattern, check_subject, matches, name_of


@pytest.mark.parametrize("subject", ["", ".", "orders.", "a b", "orders.*", "orders.>", "ü", "x" * 201, "a\nb"])
def test_what_some_broker_would_refuse_is_no_subject(subject: str) -> None:
    with pytest.raises(UsageError, match="expected words of A-Z"):
        check_subject(subject)


@pytest.mark.parametrize("pattern", ["orders.>.x", "ord*", "", ">x", "a..b"])
def test_a_pattern_has_whole_words(pattern: str) -> None:
    with pytest.raises(UsageError, match="with \\* for one word"):
        check_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "subject", "expected"),
    [
        ("orders.placed", "orders.placed", True), ("orders.placed", "orders.placed.late", False),
        ("orders.*", "orders.placed", True), ("orders.*", "orders.a.b", False), ("orders.*", "orders", False),
        ("orders.>", "orders.a.b", True), ("orders.>", "orders", False), (">", "orders", True),
        ("*.placed", "orders.placed", True), ("a.b", "axb", False),
    ],
)  # fmt: skip
def test_a_star_is_one_word_and_an_arrow_one_or_more(pattern: str, subject: str, *, expected: bool) -> None:
    assert matches(pattern, subject) is expected


def test_a_groups_name_is_its_own_for_each_pattern() -> None:
    assert name_of("billing", "orders.*") != name_of("billing", "orders.>")
    assert name_of("billing", "orders.*") == name_of("billing", "orders.*")
    assert name_of("bil ling!", "x").startswith("bil-ling-")


def test_a_message_survives_its_way_as_bytes_and_headers() -> None:
    sent = outgoing("orders.placed", {"id": 1}, "order-1", {"tenant": "acme"})
    assert from_headers("orders.placed", sent.data, to_headers(sent), place="ignored") == sent
    foreign = from_headers("orders.placed", b"no json", {}, place="orders-7", attempt=2)
    assert (foreign.id, foreign.content, foreign.key, foreign.trace_id) == ("orders-7", b"no json", None, None)


@pytest.mark.parametrize("headers", [{"a": "b\r\nc: d"}, {"": "x"}, {"ä": "x"}, {"a": 1}])
def test_a_header_that_could_smuggle_another_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="expected an ASCII name and a text without control characters"):
        outgoing("orders.placed", 1, None, headers)


def test_a_key_with_control_characters_is_refused() -> None:
    with pytest.raises(UsageError, match="message-key"):
        outgoing("orders.placed", 1, "a\nb", None)


def test_delays_grow_and_end() -> None:
    redelivery = Redelivery(attempts=3, delay=0.5, growth=2)
    assert [redelivery.after(attempt) for attempt in (1, 2, 3)] == [0.5, 1.0, None]
    with pytest.raises(UsageError, match="at least 1 attempt"):
        Redelivery(attempts=0)


def test_the_last_attempt_makes_a_dead_letter_and_a_dead_letter_makes_none() -> None:
    message = Message("orders.placed", b"1", "k", {"tenant": "acme"}, "id-1", attempt=3)
    assert failed(message, Redelivery(), "why").verdict is Verdict.DEAD
    letter = dead_letter(message, "billing", "Error: a\nb")
    assert letter is not None
    assert (letter.subject, letter.data, letter.key, letter.id) == ("dead.orders.placed", b"1", "k", "id-1")
    assert letter.headers["dead-letter-reason"] == "Error: a b"
    assert dead_letter(letter, "operators", "again") is None


def test_a_ledger_knows_what_is_still_to_come() -> None:
    ledger, message = Ledger(), Message("orders.placed", b"", id="1")
    ledger.published(message, {"billing", "stock"})
    assert ledger.count({"billing", "stock"}) == 2
    ledger.finished("billing", message)
    ledger.finished("billing", message)
    assert (ledger.count({"billing"}), ledger.count({"billing", "stock"})) == (0, 1)
