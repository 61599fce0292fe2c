"""Paths, nested queries, metadata and selectors as they cross the wire."""

from __future__ import annotations

import pytest

from accord.hub.wire.decisions import Cause, Reason
from accord.hub.wire.metadata import decode_metadata, encode_metadata
from accord.hub.wire.paths import name_of, path
from accord.hub.wire.queries import QueryError, build_nested, parse_nested
from accord.hub.wire.selectors import VersionSelector


@pytest.mark.parametrize("name", ["plain", "a/b", "a b", "ä", "100%", "a+b", "?#&", "1.0.0-beta_2~x"])
def test_any_name_survives_a_path(name: str) -> None:
    segment = path(name).removeprefix("/")
    assert "/" not in segment
    assert name_of(segment) == name


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q[][pacticipant]=A&q[][version]=1&q[][pacticipant]=B", {"q": [{"pacticipant": "A", "version": "1"}, {"pacticipant": "B"}]}),
        ("q%5B%5D%5Bpacticipant%5D=A+B&latestby=cvp", {"q": [{"pacticipant": "A B"}], "latestby": "cvp"}),
        ("success[]=true&success[]=", {"success": ["true", ""]}),
        ("a[b][c]=1&a[b][d]=2", {"a": {"b": {"c": "1", "d": "2"}}}),
        ("x=1&x=2&y", {"x": "2", "y": ""}),
        ("", {}),
    ],
)  # fmt: skip
def test_nested_queries_are_read(query: str, found: object) -> None:
    assert parse_nested(query) == found


def test_a_query_that_contradicts_itself_or_is_endless_is_refused() -> None:
    with pytest.raises(QueryError, match="two ways"):
        parse_nested("q[]=1&q[a]=2")
    with pytest.raises(QueryError):
        parse_nested("&".join(f"a{number}=1" for number in range(3000)))


def test_metadata_is_that_of_the_reference() -> None:
    segment = encode_metadata({"s": [{"l": True, "cv": 2}], "p": True})
    assert segment == "cyU1QiU1RCU1QmwlNUQ9dHJ1ZSZzJTVCJTVEJTVCY3YlNUQ9MiZwPXRydWU"
    assert decode_metadata(segment) == {"s": [{"l": "true", "cv": "2"}], "p": "true"}
    assert decode_metadata("not base64!") == decode_metadata("ä/ö") == {}


def test_a_selector_survives_the_wire() -> None:
    selector = VersionSelector(branch="feat/x", fallback_branch="main", consumer="C")
    assert selector.to_json() == {"branch": "feat/x", "fallbackBranch": "main", "consumer": "C"}
    assert VersionSelector.from_json(selector.to_json()) == selector
    with pytest.raises(TypeError, match="mainBranch must be a boolean"):
        VersionSelector.from_json({"mainBranch": "yes"})


def test_a_reason_survives_the_wire() -> None:
    reason = Reason(Cause.FAILED, "it failed", "C", "1", "P", "2", ("a: b",), "accord verify P")
    assert Reason.from_json(reason.to_json()) == reason


def test_a_nested_query_is_built_as_it_is_read() -> None:
    values = {"q": [{"pacticipant": "A", "latest": "true"}], "success": ["true"]}
    assert parse_nested(build_nested(values)) == values
