"""Requests and responses may be written with plain values, as people would."""

import pytest

from accord.contract import MessageContents, Request, Response, match_message, match_request, match_response


def test_plain_values_are_taken_as_what_they_are() -> None:
    expected = Request("POST", "/a", query={"page": "1"}, headers={"Accept": "text/csv"}, body={"id": 1})
    assert match_request(expected, expected) == []
    (mismatch,) = match_request(expected, Request("POST", "/a", {"page": "2"}, {"accept": "text/csv"}, body={"id": 1}))
    assert str(mismatch) == 'query page: expected "1", seen "2"'


@pytest.mark.parametrize(("expected", "actual"), [("text", "other"), (b"\x00", b"\x01"), ({"a": 1}, {"a": 2}), (1, 2)])
def test_bodies_of_plain_values_are_compared(expected: object, actual: object) -> None:
    for make, compare in ((Response, match_response), (MessageContents, match_message)):
        assert compare(make(body=expected), make(body=expected)) == []  # type: ignore[operator,arg-type]
        assert [each.kind for each in compare(make(body=expected), make(body=actual))] == ["body"]  # type: ignore[operator,arg-type]
