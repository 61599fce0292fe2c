"""Reading JSON from outside: bounded in size and depth, strict about encoding and keys, clear when it is wrong."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from accord.core.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

MAX_DEPTH = 200
"""Nesting of arrays and objects beyond which a document is refused; no sane contract comes near it."""

MAX_BYTES = 64 * 1024 * 1024
"""Size beyond which a document is refused."""

MAX_VALUES = 600_000
"""Values in a document beyond which it is refused: small ones take twenty times their size in memory."""

_TEXT = re.compile(r'"(?:[^"\\]+|\\.)*"', re.DOTALL)
_TEXT_IN_BYTES = re.compile(_TEXT.pattern.encode(), re.DOTALL)
_TOO_MANY_DIGITS = "holds an integer of more digits than any program reads"


def read_json_file(path: Path, *, max_bytes: int = MAX_BYTES) -> Any:
    """Read a JSON file.

    Raises:
        DocumentError: it cannot be opened, is too large, is not UTF-8 or is not JSON; names the file and the place.
    """
    return parse_json(_bytes_of(path, max_bytes), source=str(path))


def read_yaml_file(path: Path, *, max_bytes: int = MAX_BYTES) -> Any:
    """Read a YAML file: plain data only, no tags that make objects, no aliases that multiply it.

    Raises:
        DocumentError: as read_json_file, or no YAML parser is installed.
    """
    source = str(path)
    try:
        import yaml  # noqa: PLC0415 - an extra
    except ImportError:
        raise DocumentError(
            "reading YAML needs an extra: pip install 'accord[openapi]'; or give the document as JSON", source=source
        ) from None
    text = _decode(_bytes_of(path, max_bytes), source)
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, Loader=yaml.SafeLoader)):
            raise DocumentError("uses YAML aliases, which can multiply a document; use $ref instead", source=source)
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise DocumentError(f"is not valid YAML: {' '.join(str(error).split())}", source=source) from None
    except RecursionError:
        raise DocumentError(f"is nested deeper than {MAX_DEPTH} levels", source=source) from None


def read_text_file(path: Path, *, max_bytes: int = MAX_BYTES) -> str:
    """Read a text file in UTF-8, with or without a byte order mark.

    Raises:
        DocumentError: it cannot be opened, is too large or is not UTF-8.
    """
    return _decode(_bytes_of(path, max_bytes), str(path))


def parse_json(data: bytes | str, *, source: str | None = None) -> Any:
    """Parse one JSON document, in UTF-8 with or without a byte order mark.

    Raises:
        DocumentError: wrong encoding, syntax error (with line and column), a key twice in one object,
            or nesting deeper than MAX_DEPTH.
    """
    text = data if isinstance(data, str) else _decode(data, source)
    if not text.strip():
        raise DocumentError("is empty; a JSON document was expected", source=source)
    _refuse_many_values(text, source)
    try:
        value = json.loads(text, object_pairs_hook=_object_without_duplicates, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise DocumentError(_syntax_message(text, error), source=source) from None
    except _NotJsonError as error:
        raise DocumentError(str(error), source=source) from None
    except ValueError:  # the one left: Python reads no integer of more digits than it allows
        raise DocumentError(_TOO_MANY_DIGITS, source=source) from None
    except RecursionError:
        raise DocumentError(f"is nested deeper than {MAX_DEPTH} levels", source=source) from None
    # A document with few brackets cannot be deep: most never pay for the walk.
    if text.count("[") + text.count("{") > MAX_DEPTH and _deeper_than(value, MAX_DEPTH):
        raise DocumentError(f"is nested deeper than {MAX_DEPTH} levels", source=source)
    return value


def parse_json_body(data: bytes) -> Any:
    """Parse the JSON body of a message: as parse_json, but of a key twice in one object the last one counts.

    A provider may send such a body and its consumers' parsers take the last value; so does this one.

    Raises:
        DocumentError: as in parse_json.
    """
    _refuse_many_values(data, None)
    try:
        value = _body_decoder().decode(data.decode(json.detect_encoding(data), "surrogatepass"))
    except UnicodeDecodeError as error:
        raise DocumentError(f"is not UTF-8 (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise DocumentError(_syntax_message(data.decode("utf-8", "replace"), error)) from None
    except _NotJsonError as error:
        raise DocumentError(str(error)) from None
    except ValueError:  # as in parse_json
        raise DocumentError(_TOO_MANY_DIGITS) from None
    except RecursionError:
        raise DocumentError(f"is nested deeper than {MAX_DEPTH} levels") from None
    if data.count(b"[") + data.count(b"{") > MAX_DEPTH and _deeper_than(value, MAX_DEPTH):
        raise DocumentError(f"is nested deeper than {MAX_DEPTH} levels")
    return value


@cache
def _body_decoder() -> json.JSONDecoder:
    """Made once: json.loads with an option makes one for every document: as long as a small one is read."""
    return json.JSONDecoder(parse_constant=_refuse_constant)


def json_bytes(value: Any, *, indent: int | None = None) -> bytes:
    """Write JSON in UTF-8, compact or indented. Half a surrogate pair, which JSON allows, stays an escape."""
    separators = (",", ":") if indent is None else None
    return json.dumps(value, ensure_ascii=False, indent=indent, separators=separators).encode(
        "utf-8", "backslashreplace"
    )


def megabytes(size: int) -> str:
    """A size in bytes as people read it: ``50.0 MB``."""
    return f"{size / 1_000_000:.1f} MB"


def _bytes_of(path: Path, max_bytes: int) -> bytes:
    source = str(path)
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise DocumentError(f"is {megabytes(size)}; the limit is {megabytes(max_bytes)}", source=source)
        return path.read_bytes()
    except FileNotFoundError:
        raise DocumentError(f"no such file; {_advice(path)}", source=source) from None
    except IsADirectoryError:
        raise DocumentError("is a folder; a file was expected", source=source) from None
    except OSError as error:
        raise DocumentError(f"cannot be read: {error.strerror}", source=source) from error


def _advice(path: Path) -> str:
    """What to look at where a file is missing."""
    import difflib  # noqa: PLC0415 - for this message only

    if not path.parent.is_dir():
        return f"there is no folder {path.parent} either: check the path, which is seen from {os.getcwd()}"  # noqa: PTH109 - pathlib is not imported by all who read
    near = difflib.get_close_matches(path.name, (each.name for each in path.parent.iterdir() if each.is_file()), 1)
    return f"did you mean {near[0]}?" if near else f"check the name; its folder is {path.parent.resolve()}"


class _NotJsonError(ValueError):
    """Accepted by Python's parser, but not JSON, or ambiguous."""


def _refuse_many_values(document: str | bytes, source: str | None) -> None:
    if len(document) <= MAX_VALUES:  # a byte a value is the least
        return
    if isinstance(document, str):
        few = _marks(document) <= MAX_VALUES or _marks(_TEXT.sub("", document)) <= MAX_VALUES
    else:
        few = _marks(document) <= MAX_VALUES or _marks(_TEXT_IN_BYTES.sub(b"", document)) <= MAX_VALUES
    if not few:
        raise DocumentError(
            f"is {megabytes(len(document))} with more than {MAX_VALUES} values; no example needs so many",
            source=source,
        )


def _marks(document: str | bytes) -> int:
    """Commas and opening brackets: each value but the first has one of them before it."""
    if isinstance(document, str):
        return sum(map(document.count, ",[{"))
    return sum(map(document.count, (b",", b"[", b"{")))


def _decode(data: bytes, source: str | None) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            seen = "UTF-16"
        else:
            seen = f"byte 0x{data[error.start]:02x} at offset {error.start}"
        raise DocumentError(f"is not UTF-8 (seen: {seen}); save it as UTF-8", source=source) from None


def _syntax_message(text: str, error: json.JSONDecodeError) -> str:
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return f"ends in the middle of a value (line {error.lineno}, column {error.colno}); is it truncated?"
    return f"is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}"


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add gives None on purpose
        raise _NotJsonError(f"has the key {twice!r} twice in one object; remove one of them")
    return value


def _refuse_constant(name: str) -> Any:
    raise _NotJsonError(f"is not valid JSON: {name} is not a JSON number")


def _deeper_than(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            child
            for node in level
            if isinstance(node, (dict, list))
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return False
    return True
