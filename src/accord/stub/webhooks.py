"""Webhooks: requests that the server sends after it has answered (``serveEventListeners``, ``postServeActions``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accord.stub.delays import Delay, read_delay
from accord.stub.matchers.texts import bytes_of_base64
from accord.stub.problems import invalid, pass_over_unknown, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "webhook"
_KEYS = ("method", "url", "headers", "body", "base64Body", "delay", "requestPhases", "extraParameters")


@dataclass(frozen=True, slots=True)
class Webhook:
    """One request to send.

    Attributes:
        method: in capitals; may be a template, as all texts here.
        parameters: all that the mapping gives it, for templates.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    delay: Delay | None
    parameters: Mapping[str, Any]


def read_listeners(mapping: Mapping[str, Any]) -> tuple[Webhook, ...]:
    """The webhooks of a mapping, of either way to write them.

    Raises:
        MappingError: something is not as it should be.
    """
    found = []
    for key in ("serveEventListeners", "postServeActions"):
        value = mapping.get(key)
        if isinstance(value, dict):
            found += [_named(name, each, f"/{key}/{name}") for name, each in value.items()]
        elif isinstance(value, list):
            found += [_entry(each, f"/{key}/{index}") for index, each in enumerate(value)]
        elif value is not None:
            raise invalid(f"/{key}", f"an array is expected, seen {shown(repr(value))}")
    return tuple(each for each in found if each is not None)


def _entry(entry: Any, pointer: str) -> Webhook | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise invalid(pointer, "an object with name and parameters is expected")
    return _named(entry["name"], entry.get("parameters") or {}, pointer)


def _named(name: str, parameters: Any, pointer: str) -> Webhook | None:
    if name != NAME:
        pass_over_unknown({name: None}, (NAME,), pointer)  # another is a Java class; WireMock takes it and warns
        return None
    if not isinstance(parameters, dict) or not isinstance(parameters.get("url"), str):
        raise invalid(f"{pointer}/parameters", "a webhook needs a url")
    headers = parameters.get("headers") or {}
    if not isinstance(headers, dict):
        raise invalid(f"{pointer}/parameters/headers", f"an object is expected, seen {shown(repr(headers))}")
    pairs = [(key, str(one)) for key, each in headers.items() for one in (each if isinstance(each, list) else [each])]
    delay = parameters.get("delay")
    try:
        packed = parameters.get("base64Body")
        body = bytes_of_base64(packed) if packed is not None else str(parameters.get("body") or "").encode()
    except ValueError as error:
        raise invalid(f"{pointer}/parameters/base64Body", str(error)) from None
    return Webhook(
        str(parameters.get("method") or "GET").upper(),
        parameters["url"],
        tuple(pairs),
        body,
        None if delay is None else read_delay(delay, f"{pointer}/parameters/delay"),
        {key: value for key, value in parameters.items() if key not in _KEYS},
    )
