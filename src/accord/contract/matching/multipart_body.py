"""Comparing multipart bodies: each expected part with the actual one of its name, by the rules at ``$.name``."""

from __future__ import annotations

import base64
import binascii
from contextlib import suppress
from dataclasses import dataclass, replace
from email.message import Message
from email.parser import BytesHeaderParser
from typing import TYPE_CHECKING

from accord.contract.bodies import Body
from accord.contract.matching.values import check_all, check_content_type, check_text
from accord.contract.mismatches import ABSENT, Mismatch, shown
from accord.contract.paths import PathExpression, Token, format_path, join
from accord.contract.rules import RuleCategory
from accord.core.errors import DocumentError

if TYPE_CHECKING:
    from accord.contract.rules import Rule, RuleList

_MAX_PARTS = 1000
_FREE_HEADERS = ("content-disposition", "content-length")


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its name (empty where it has none), file name, headers in small letters and content."""

    index: int
    name: str
    filename: str | None
    headers: dict[str, str]
    body: Body

    @property
    def is_file(self) -> bool:
        """Whether it is a file rather than a field of a form."""
        return self.filename is not None or "content-disposition" not in self.headers

    @property
    def key(self) -> Token:
        """What names it in path expressions: its name, else its index."""
        return self.name or self.index


def match_multipart_body(
    expected: Body, actual: Body, rules: RuleCategory, *, allow_unexpected: bool
) -> list[Mismatch]:
    """Compare two multipart bodies; further parts may be there, as the reference allows."""
    parts = []
    for body, whose in ((expected, "the expected body"), (actual, "the body")):
        try:
            parts.append(parse_multipart(body))
        except DocumentError as error:
            return [Mismatch("body", "$", expected.text(), actual.text(), f"{whose} {error}")]
    wanted, seen = parts
    mismatches: list[Mismatch] = []
    for part in wanted:
        found = next(
            (each for each in seen if each.name == part.name and (each.name or each.index == part.index)), None
        )
        if found is None:
            path = format_path((part.key,))
            names = ", ".join(repr(each.key) for each in seen)
            message = f"expected a part {part.key!r}, seen {f'the parts {names}' if names else 'no part'}"
            mismatches.append(Mismatch("body", path, part.body.text(), ABSENT, message))
        else:
            mismatches += _match_part(part, found, rules, allow_unexpected=allow_unexpected)
    return mismatches


def _match_part(expected: Part, actual: Part, rules: RuleCategory, *, allow_unexpected: bool) -> list[Mismatch]:
    path = format_path((expected.key,))
    if expected.is_file != actual.is_file:
        kinds = ("a file", "a field") if expected.is_file else ("a field", "a file")
        message = f"expected {kinds[0]}, seen {kinds[1]}"
        return [Mismatch("body", path, expected.body.text(), actual.body.text(), message)]
    mismatches = _match_part_headers(expected, actual, path)
    own = _rules_below(rules, expected.key)
    at_part = next((rule_list for expression, rule_list in own if not expression.tokens), None)
    if at_part is not None and (not expected.is_file or any(rule.match == "contentType" for rule in at_part.rules)):
        messages = _check_whole(at_part, expected.body, actual.body)
        found = [Mismatch("body", "$", expected.body.text(), actual.body.text(), message) for message in messages]
    else:
        from accord.contract.matching.bodies import match_body  # noqa: PLC0415 - bodies load this module by its name

        found = match_body(expected.body, actual.body, own, allow_unexpected=allow_unexpected)
    return mismatches + [replace(each, path=path + each.path.removeprefix("$")) for each in found]


def _check_whole(rules: RuleList, expected: Body, actual: Body) -> list[str]:
    def check(rule: Rule) -> str | None:
        if rule.match == "contentType":
            return check_content_type(rule, actual.data)
        return check_text(rule, expected.text(), actual.text())

    return check_all(rules, check)


def _match_part_headers(expected: Part, actual: Part, path: str) -> list[Mismatch]:
    mismatches = []
    for name, value in expected.headers.items():
        seen = actual.headers.get(name)
        if name in _FREE_HEADERS or name == "content-type":  # the type is compared with the content
            continue
        if seen is None and not name.startswith("content-"):
            message = f"expected the header {name} with {shown(value)}, seen nothing"
            mismatches.append(Mismatch("body", join(path, name), value, ABSENT, message))
        elif seen is not None and seen != value:
            message = f"expected the header {name} with {shown(value)}, seen {shown(seen)}"
            mismatches.append(Mismatch("body", join(path, name), value, seen, message))
    return mismatches


def _rules_below(rules: RuleCategory, key: Token) -> RuleCategory:
    """The rules of one part, as rules of a body of its own."""
    entries = {}
    for expression, rule_list in rules:
        if expression.tokens and str(expression.tokens[0]) == str(key):
            rest = expression.tokens[1:]
            entries[PathExpression(rest, format_path(rest))] = rule_list
    return RuleCategory(entries)


def parse_multipart(body: Body) -> list[Part]:
    """Take a multipart body apart.

    Raises:
        DocumentError: no boundary, or no part.
    """
    boundary = _boundary(body)
    newline = b"\r\n" if b"\r\n" in body.data else b"\n"
    parts: list[Part] = []
    for piece in (newline + body.data).split(newline + b"--" + boundary)[1:]:
        if piece.startswith(b"--"):
            break
        if len(parts) == _MAX_PARTS:
            raise DocumentError(f"has more than {_MAX_PARTS} parts")
        # A part without headers begins with the empty line.
        head, _, data = piece.partition(newline * 2)
        parts.append(_part(len(parts), BytesHeaderParser().parsebytes(head.strip() + b"\n\n"), data))
    if not parts:
        raise DocumentError(f"has no part between boundaries {boundary.decode('latin-1')!r}")
    return parts


def _part(index: int, headers: Message, data: bytes) -> Part:
    if str(headers.get("Content-Transfer-Encoding", "")).lower() == "base64":
        with suppress(binascii.Error):  # what is no base64 is compared as it is
            data = base64.b64decode(data)
    name = headers.get_param("name", "", "content-disposition")
    declared = str(headers["Content-Type"]) if "Content-Type" in headers else None
    return Part(
        index,
        name if isinstance(name, str) else "",
        headers.get_filename(),
        {key.lower(): str(value) for key, value in headers.items()},
        Body.of_bytes(data, declared),
    )


def _boundary(body: Body) -> bytes:
    declared = Message()
    declared["Content-Type"] = body.content_type or ""
    boundary = declared.get_boundary()
    if boundary:
        return boundary.encode("latin-1", "replace")
    # Some files name the boundary in the header only; the body begins with it.
    first = body.data.lstrip(b"\r\n").partition(b"\n")[0].strip()
    if first.startswith(b"--") and len(first) > len(b"--"):
        return first[2:]
    raise DocumentError(f"is no multipart body: no boundary in {body.content_type!r}, and none in its first line")
