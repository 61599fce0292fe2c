"""What a stub answers: read from JSON once, so that answering costs little."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accord.core.documents import json_bytes
from accord.stub.delays import MOST_SECONDS, Delay, Dribble, number, read_delay, read_dribble
from accord.stub.matchers.texts import bytes_of_base64
from accord.stub.problems import invalid, pass_over_unknown, refuse_unknown, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from accord.core.http.messages import HttpResponse

FAULTS = ("CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE", "MALFORMED_RESPONSE_CHUNK", "RANDOM_DATA_THEN_CLOSE")
TEMPLATING = "response-template"

_FIELDS = (
    "status", "statusMessage", "body", "textBody", "jsonBody", "base64Body", "bodyFileName", "headers",
    "additionalProxyRequestHeaders", "removeProxyRequestHeaders", "fixedDelayMilliseconds", "delayDistribution",
    "chunkedDribbleDelay", "proxyBaseUrl", "proxyUrlPrefixToRemove", "fault", "transformers", "transformerParameters",
    "fromConfiguredStub",
)  # fmt: skip
_BREAKS = str.maketrans("", "", "\r\n\0")


@dataclass(frozen=True, slots=True)
class ProxyTarget:
    """Where a request is passed on to.

    Attributes:
        base_url: scheme, host and perhaps a path; may be a template.
        prefix_to_remove: taken from the front of the request's path.
        added: headers to add.
        removed: names of headers to leave out, in small letters.
    """

    base_url: str
    prefix_to_remove: str = ""
    added: tuple[tuple[str, str], ...] = ()
    removed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ResponseDefinition:
    """An answer as a mapping defines it.

    Attributes:
        body: its bytes; None where it comes from a file or there is none.
        file: name below ``__files``.
        transformers: names of what is to be run over it.
        document: the JSON that it was read from, in its normal form.
        make: makes the answer anew each time, in place of all the above; None for what is always the same.
    """

    status: int = 200
    message: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    file: str | None = None
    delay: Delay | None = None
    fixed_delay: float | None = None
    dribble: Dribble | None = None
    fault: str | None = None
    proxy: ProxyTarget | None = None
    transformers: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    document: Mapping[str, Any] = field(default_factory=dict)
    make: Callable[[], HttpResponse] | None = None

    @property
    def is_static(self) -> bool:
        """Whether every answer is the same bytes, at once."""
        return not (
            self.file or self.delay or self.fixed_delay or self.dribble or self.fault or self.proxy or self.make
        )


def read_response(document: Any, pointer: str = "/response") -> ResponseDefinition:
    """A response definition.

    Raises:
        MappingError: unknown fields, or a field that is wrong.
    """
    if not isinstance(document, dict):
        raise invalid(pointer, f"an object is expected, seen {shown(repr(document))}")
    refuse_unknown(document, _FIELDS, pointer)
    pass_over_unknown(document, tuple(name for name in _FIELDS if name != "textBody"), pointer)
    given = {name: value for name, value in document.items() if value is not None and name != "textBody"}
    normal = {"status": _status(given, pointer), **{name: given[name] for name in _FIELDS if name in given}}
    normal["status"] = _status(given, pointer)
    normal.pop("fromConfiguredStub", None)
    body = _body(given, normal, pointer)
    return ResponseDefinition(
        status=normal["status"],
        message=_text(given, "statusMessage", pointer),
        headers=_headers(given, pointer),
        body=body,
        file=_text(given, "bodyFileName", pointer) if body is None else None,
        delay=_timing(given, "delayDistribution", pointer, read_delay),
        fixed_delay=_fixed_delay(given, pointer),
        dribble=_timing(given, "chunkedDribbleDelay", pointer, read_dribble),
        fault=_fault(given, pointer),
        proxy=_proxy(given, pointer),
        transformers=_transformers(given, pointer),
        parameters=_parameters(given, pointer),
        document=normal,
    )  # fmt: skip


def _timing(given: Mapping[str, Any], name: str, pointer: str, read: Callable[[Any, str], Any]) -> Any:
    return read(given[name], f"{pointer}/{name}") if name in given else None


def _status(given: Mapping[str, Any], pointer: str) -> int:
    value = given.get("status", 200)
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid(f"{pointer}/status", f"a whole number is expected, seen {shown(repr(value))}")
    if not (100 <= value <= 999 or value == 0):  # noqa: PLR2004 - a status line has three digits
        raise invalid(f"{pointer}/status", f"a status between 100 and 999 is expected, seen {value}")
    return value or 200


def _body(given: Mapping[str, Any], normal: dict[str, Any], pointer: str) -> bytes | None:
    """The body; of several the one that WireMock takes: body, then jsonBody, then base64Body."""
    kinds = [name for name in ("body", "jsonBody", "base64Body") if name in given]
    for name in kinds[1:]:
        del normal[name]
    if not kinds:
        return None
    value = given[kinds[0]]
    if kinds[0] == "jsonBody":
        return json_bytes(value)
    if kinds[0] == "body":
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        normal["body"] = text
        return text.encode("utf-8", "surrogatepass")
    try:
        return bytes_of_base64(str(value))
    except ValueError as error:
        raise invalid(f"{pointer}/base64Body", str(error)) from None


def _headers(given: Mapping[str, Any], pointer: str, name: str = "headers") -> tuple[tuple[str, str], ...]:
    value = given.get(name)
    if value is None:
        return ()
    if not isinstance(value, dict):
        raise invalid(f"{pointer}/{name}", f"an object of names and values is expected, seen {shown(repr(value))}")
    pairs = []
    for key, each in value.items():
        for one in each if isinstance(each, list) else [each]:
            if not isinstance(one, str):
                raise invalid(
                    f"{pointer}/{name}/{key}", f"a text or an array of texts is expected, seen {shown(repr(one))}"
                )
            if key != key.translate(_BREAKS) or one != one.translate(_BREAKS):
                raise invalid(f"{pointer}/{name}/{key}", "a header must not have line ends")
            pairs.append((key, one))
    return tuple(pairs)


def _text(given: Mapping[str, Any], name: str, pointer: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise invalid(f"{pointer}/{name}", f"a text is expected, seen {shown(repr(value))}")
    if value is not None and name == "statusMessage" and value != value.translate(_BREAKS):
        raise invalid(f"{pointer}/{name}", "a status message must not have line ends")
    return value


def _fixed_delay(given: Mapping[str, Any], pointer: str) -> float | None:
    if "fixedDelayMilliseconds" not in given:
        return None
    return min(max(0.0, number(given, "fixedDelayMilliseconds", pointer)) / 1000.0, MOST_SECONDS)


def _fault(given: Mapping[str, Any], pointer: str) -> str | None:
    value = given.get("fault")
    if value is not None and value not in FAULTS:
        raise invalid(f"{pointer}/fault", f"one of {', '.join(FAULTS)} is expected, seen {shown(repr(value))}")
    return value


def _proxy(given: Mapping[str, Any], pointer: str) -> ProxyTarget | None:
    base = _text(given, "proxyBaseUrl", pointer)
    if base is None:
        return None
    if not base.startswith(("http://", "https://", "{{")):
        raise invalid(f"{pointer}/proxyBaseUrl", f"an http or https URL is expected, seen {shown(base)}")
    removed = given.get("removeProxyRequestHeaders") or []
    if not isinstance(removed, list) or not all(isinstance(each, str) for each in removed):
        raise invalid(f"{pointer}/removeProxyRequestHeaders", "an array of names is expected")
    return ProxyTarget(
        base,
        _text(given, "proxyUrlPrefixToRemove", pointer) or "",
        _headers(given, pointer, "additionalProxyRequestHeaders"),
        frozenset(each.lower() for each in removed),
    )


def _transformers(given: Mapping[str, Any], pointer: str) -> tuple[str, ...]:
    value = given.get("transformers") or []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise invalid(f"{pointer}/transformers", "an array of names is expected")
    unknown = [each for each in value if each != TEMPLATING]
    if unknown:
        pass_over_unknown(dict.fromkeys(unknown), (), f"{pointer}/transformers")
    return tuple(value)


def _parameters(given: Mapping[str, Any], pointer: str) -> Mapping[str, Any]:
    value = given.get("transformerParameters") or {}
    if not isinstance(value, dict):
        raise invalid(f"{pointer}/transformerParameters", f"an object is expected, seen {shown(repr(value))}")
    return value
