"""What no service may choke on: one table for all, to which each service adds what it alone must refuse."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx

from shop.kit.requests import LARGEST_BODY

SQL = "Robert'); DROP TABLE orders; DELETE FROM stock; --"
HTML = "<script>alert('1')</script><img src=x onerror=alert(2)>"
INVALID = "validation_error"


@dataclass(frozen=True)
class Bad:
    """A request, and the refusal it gets.

    Args:
        what: is wrong with it.
        method: of the request.
        path: with its query.
        body: as it is sent: bytes as they are, all else as JSON; nothing when left out.
        headers: of the request.
        status: of the answer.
        error: the code in it; that of a refused body when left out.
    """

    what: str
    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = HTTPStatus.BAD_REQUEST
    error: str = INVALID

    def __str__(self) -> str:
        return f"{self.method} {self.path[:60]}: {self.what}"

    async def is_refused(self, api: httpx.AsyncClient) -> None:
        """Send it, and look at the answer: a refusal that a program can read, and that says nothing of the inside."""
        content = self.body if isinstance(self.body, bytes | None) else json.dumps(self.body).encode()
        headers = {"Content-Type": "application/json", **self.headers}
        answer = await api.request(self.method, self.path, content=content, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (self.status, "application/json"), answer.text
        told = answer.json()
        assert told["error"] == self.error, told
        assert told["message"]
        assert "Traceback" not in answer.text
        assert "sqlalchemy" not in answer.text.lower()


async def refuses_all(api: httpx.AsyncClient, table: Sequence[Bad]) -> None:
    """Send all, and say of all together which were not refused as they should."""
    wrong: list[str] = []
    for bad in table:
        try:
            await bad.is_refused(api)
        except AssertionError as finding:
            wrong.append(f"{bad}\n    {str(finding)[:300]}")
    assert not wrong, f"{len(wrong)} of {len(table)} were not refused as they should:\n" + "\n".join(wrong)


def bodies(method: str, path: str, good: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Iterator[Bad]:
    """Every way in which the body of a request can be none, and every field of it of a wrong type.

    Args:
        method: of the request.
        path: its path.
        good: a body with all required fields, and nothing but them.
        headers: of the request.
    """
    sent = headers or {}
    whole = {
        "nothing": b"",
        "half a JSON": b'{"items": [',
        "no JSON": b"items=1&quantity=2",
        "not UTF-8": b'{"name": "\xff\xfe"}',
        "nested without end": b"[" * 100_000,
        "a list": b"[]",
        "a text": b'"text"',
        "null": b"null",
        "an empty object": b"{}",
        "XML": b"<order><item/></order>",
    }
    for what, body in whole.items():
        yield Bad(what, method, path, body, sent)
    huge = b'{"padding": "' + b"x" * LARGEST_BODY + b'"}'
    yield Bad("huge", method, path, huge, sent, 413, "payload_too_large")
    for name, right in good.items():
        yield Bad(f"no {name}", method, path, {key: good[key] for key in good if key != name}, sent)
        for wrong in (None, True, 1.5, {"a": 1}, [1]):
            if not isinstance(wrong, type(right)):
                yield Bad(f"{name} is {wrong!r}", method, path, {**good, name: wrong}, sent)
        if isinstance(right, str):
            for what, wrong in {"empty": "", "blank": "  ", "NUL": "a\0b", "endless": "x" * 2000}.items():
                yield Bad(f"{name} is {what}", method, path, {**good, name: wrong}, sent)


def quantities(method: str, path: str, made: Any, headers: Mapping[str, str] | None = None) -> Iterator[Bad]:
    """Every number of pieces that is none; `made` makes a body of it."""
    for wrong in (-1, -(2**63), 0.5, "2", "2; DROP TABLE stock", 10**9 + 1, 2**63, 10**400, 1e308, True, None):
        yield Bad(f"quantity {str(wrong)[:24]}", method, path, made(wrong), headers or {})
    for wrong in ("NaN", "Infinity", "-Infinity", "0x10", "1_000"):
        body = json.dumps(made("@")).replace('"@"', wrong).encode()
        yield Bad(f"quantity {wrong}", method, path, body, headers or {})
