"""The helpers that work, by name, with what the documentation says of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from accord.stub.templating.calls import Arguments


@dataclass(frozen=True, slots=True)
class Helper:
    """A helper.

    Attributes:
        name: as templates write it.
        summary: what it does, for the documentation.
        example: a template that uses it; a test renders it.
        gives: what the example gives; None where that changes from time to time.
        function: from its arguments to a value.
        is_own: Accord's own; WireMock does not have it.
    """

    name: str
    summary: str
    example: str
    gives: str | None
    function: Callable[[Arguments], Any]
    is_own: bool = False


HELPERS: dict[str, Helper] = {}

REFUSED = {
    "block": "partials have no place in one text; write the text itself",
    "partial": "partials have no place in one text; write the text itself",
    "include": "partials have no place in one text; write the text itself",
    "embedded": "partials have no place in one text; write the text itself",
    "precompile": "it makes JavaScript of a template",
    "i18n": "it reads bundles of a Java program",
    "i18nJs": "it reads bundles of a Java program",
    "log": "a template writes into its answer only",
    "jwt": "it is an extension of WireMock, in a jar of its own",
    "jwks": "it is an extension of WireMock, in a jar of its own",
    "random": "it is an extension of WireMock (faker); use randomValue, randomInt or pickRandom",
    "state": "it is an extension of WireMock, in a jar of its own",
    "jodaDatePattern": "use dateFormat",
    "jodaDateStyle": "use dateFormat",
    "jodaDateISO": "use date",
}
"""Helpers that WireMock or its extensions have and that do not work here, with the reason or the way round."""


def helper(
    name: str, summary: str, example: str, gives: str | None, *, is_own: bool = False
) -> Callable[[Callable[[Arguments], Any]], Callable[[Arguments], Any]]:
    """Register a function as a helper."""

    def register(function: Callable[[Arguments], Any]) -> Callable[[Arguments], Any]:
        HELPERS[name] = Helper(name, summary, example, gives, function, is_own)
        return function

    return register
