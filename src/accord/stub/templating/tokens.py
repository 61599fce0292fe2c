"""A template's text, cut into texts and tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accord.stub.templating.errors import TemplateError

from accord.stub.templating.errors import Place

_REFUSED = {
    ">": "partials ({{> name}}): write the text itself, or assign it and use the name",
    "*": "decorators ({{* name}})",
    "=": "other delimiters ({{= =}})",
}


@dataclass(frozen=True, slots=True)
class Text:
    """What stands between the tags."""

    text: str


@dataclass(frozen=True, slots=True)
class Tag:
    """What stands between braces.

    Attributes:
        kind: "" for a value, "#", "/", "^" or "else".
        inside: its text, without the kind.
        place: where the text begins.
        trims_before, trims_after: a ``~`` at that side.
    """

    kind: str
    inside: str
    place: Place
    trims_before: bool
    trims_after: bool


def cut(text: str) -> list[Text | Tag]:
    """Cut a template.

    What stands before the first ``{{`` and after the last ``}}`` is never touched, not by ``~`` nor by a
    backslash: so does WireMock.

    Raises:
        TemplateError: a tag that is not closed, or of a kind that is not supported.
    """
    start, end = text.find("{{"), text.rfind("}}")
    if start < 0 or end < start:
        return [Text(text)] if text else []
    pieces: list[Text | Tag] = []
    if start:
        pieces.append(Text(text[:start]))
    pieces.extend(_trimmed(list(_pieces(text, start, end + 2))))
    if end + 2 < len(text):
        pieces.append(Text(text[end + 2 :]))
    return pieces


def _pieces(text: str, position: int, end: int) -> Iterator[Text | Tag]:
    literal = ""
    first = position
    while position < end:
        opening = text.find("{{", position, end)
        if opening < 0:
            literal += text[position:end]
            break
        if opening > first and text[opening - 1] == "\\" and opening > position:
            closing = text.find("}}", opening, end)
            if closing < 0:
                raise Place(text, opening).error("'\\{{' is never closed by '}}'")
            literal += text[position : opening - 1] + text[opening : closing + 2]
            position = closing + 2
            continue
        literal += text[position:opening]
        tag, position = _tag(text, opening, end)
        if tag is not None:
            if literal:
                yield Text(literal)
            literal = ""
            yield tag
    if literal:
        yield Text(literal)


def _tag(text: str, opening: int, end: int) -> tuple[Tag | None, int]:
    if text.startswith("{{{{", opening):
        raise Place(text, opening).error(
            "raw blocks ({{{{name}}}}) are not supported: write \\{{ for braces as they are"
        )
    if text.startswith("{{!--", opening) or text.startswith("{{~!--", opening):
        return _comment(text, opening, end, "--")
    if text.startswith("{{!", opening) or text.startswith("{{~!", opening):
        return _comment(text, opening, end, "")
    triple = text.startswith("{{{", opening)
    braces = "}}}" if triple else "}}"
    inside_from = opening + (3 if triple else 2)
    closing = _closing(text, inside_from, end, braces)
    if closing < 0:
        raise Place(text, opening).error(f"the tag is never closed by {braces!r}")
    if text.startswith("}", closing + len(braces)):
        raise Place(text, closing).error(
            f"found '{braces}}}', expected {braces!r}: put a space between the tag and a brace of the text"
        )
    inside = text[inside_from:closing]
    before, after = inside.startswith("~"), inside.endswith("~")
    inside_from += before
    inside = inside[before : len(inside) - after if after else None]
    return _classified(text, inside, inside_from, before=before, after=after), closing + len(braces)


def _comment(text: str, opening: int, end: int, dashes: str) -> tuple[Tag | None, int]:
    ends = [at for mark in (f"{dashes}}}}}", f"{dashes}~}}}}") if (at := text.find(mark, opening + 3, end)) >= 0]
    if not ends:
        raise Place(text, opening).error("the comment is never closed")
    closing = min(ends)
    after = text.startswith(f"{dashes}~", closing)
    tag = Tag("!", "", Place(text, opening), text.startswith("{{~", opening), after)
    return tag, closing + len(dashes) + after + 2


def _closing(text: str, position: int, end: int, braces: str) -> int:
    """Where a tag ends, seen past the braces in its quoted texts."""
    quote = ""
    while position < end:
        letter = text[position]
        if quote:
            if letter == "\\":
                position += 1
            elif letter == quote:
                quote = ""
        elif letter in "'\"":
            quote = letter
        elif letter == "[":
            bracket = text.find("]", position, end)
            position = bracket if bracket >= 0 else position
        elif text.startswith(braces, position):
            return position
        position += 1
    return -1


def _classified(text: str, inside: str, inside_from: int, *, before: bool, after: bool) -> Tag:
    kind = inside[:1]
    if kind in _REFUSED or (kind == "#" and inside[1:2] in _REFUSED):
        raise _refused(text, inside, inside_from)
    if kind in {"#", "/", "^", "&"}:
        place = Place(text, inside_from + 1)
        stripped = inside[1:]
        if kind == "^" and not stripped.strip():
            return Tag("else", "", place, before, after)
        return Tag("" if kind == "&" else kind, stripped, place, before, after)
    words = inside.split(None, 1)
    if words and words[0] == "else":
        rest = words[1] if len(words) > 1 else ""
        return Tag("else", rest, Place(text, inside_from + inside.find(rest)), before, after)
    return Tag("", inside, Place(text, inside_from), before, after)


def _refused(text: str, inside: str, inside_from: int) -> TemplateError:
    what = _REFUSED[inside[1] if inside[0] == "#" else inside[0]]
    return Place(text, inside_from).error(f"not supported: {what}")


def _trimmed(pieces: list[Text | Tag]) -> Iterator[Text | Tag]:
    for index, piece in enumerate(pieces):
        if isinstance(piece, Tag):
            if piece.kind != "!":
                yield piece
            continue
        text = piece.text
        previous = pieces[index - 1] if index else None
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        if isinstance(previous, Tag) and previous.trims_after:
            text = text.lstrip()
        if isinstance(following, Tag) and following.trims_before:
            text = text.rstrip()
        if text:
            yield Text(text)
