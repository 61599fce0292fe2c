"""What each version of the specification can express: the first that knows a rule, a generator, a kind of message."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accord.contract.bodies import is_coded, is_json
from accord.contract.model import AsyncMessage, HttpInteraction
from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from accord.contract.bodies import Body
    from accord.contract.model import Interaction, MessageContents, Request, Response
    from accord.contract.rules import MatchingRules
    from accord.contract.spec import SpecVersion

V2, V3, V4 = 2, 3, 4

_RULES_SINCE = {
    **dict.fromkeys(("type", "regex"), V2),
    **dict.fromkeys(
        (
            "equality", "include", "integer", "decimal", "number", "boolean", "null", "date", "time", "datetime",
            "values", "contentType",
        ),
        V3,
    ),
    **dict.fromkeys(("eachKey", "eachValue", "arrayContains", "statusCode", "notEmpty", "semver"), V4),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Excess:
    """Something that a version cannot express.

    Attributes:
        part: ``body``, ``header`` …
        path: where in that part.
        what: a phrase that ends in "needs" or "need".
        needed: the first version that can.
        instead: what says nearly the same in the version, or nothing.
    """

    part: str
    path: str
    what: str
    needed: int
    instead: str = ""


def excesses(rules: MatchingRules, generators: Mapping[str, Any], version: SpecVersion) -> Iterator[Excess]:
    """What of rules and generators a version cannot express."""
    if version.major < V4:
        yield from _rules(rules, version)
        yield from _generators(generators, version)


def refuse_for_pact(rules: MatchingRules, generators: Mapping[str, Any], version: SpecVersion) -> None:
    """Refuse them where a pact is being said.

    Raises:
        UsageError: the first that the version of the pact cannot express.
    """
    for excess in excesses(rules, generators, version):
        raise too_new(f"at {excess.path}: {excess.what}", excess.needed, version, excess.instead)


def too_new(what: str, needed: int, version: SpecVersion, instead: str = "") -> UsageError:
    """The error about something that a pact of a version cannot say."""
    return UsageError(
        f"{what} version {needed}.0, this pact is version {version.value}; use Pact(…, version='{needed}.0'){instead}"
    )


def _rules(rules: MatchingRules, version: SpecVersion) -> Iterator[Excess]:
    for part, category in rules.categories.items():
        for expression, rule_list in category:
            if version.major < V3 and len(rule_list.rules) > 1:
                yield Excess(part, expression.text, "several rules for one place need", V3)
            for rule in rule_list.rules:
                needed = V4 if part == "status" else _RULES_SINCE.get(rule.match, V2)
                if version.major < needed:
                    # V2 has no more than these; V1 has none
                    instead = ", match.like(…) or match.regex(…)" if version.major == V2 else ""
                    yield Excess(part, expression.text, f"the rule {rule.match!r} needs", needed, instead)


def _generators(generators: Mapping[str, Any], version: SpecVersion) -> Iterator[Excess]:
    for part, placed in generators.items():
        if version.major < V3:
            yield Excess(part, part, "generated values need", V3)
        elif isinstance(placed, dict):
            entries = {"$": placed} if "type" in placed else placed
            for path, generator in entries.items():
                if isinstance(generator, dict) and generator.get("type") == "Uuid" and "format" in generator:
                    yield Excess(part, path, "a generated UUID in a format of its own needs", V4)


def refuse_for_file(item: Interaction, version: SpecVersion) -> None:
    """Refuse an interaction of which the file of a version would say something else.

    Raises:
        UsageError: names the interaction, the part, the rule, its path, and the version to write instead.
    """
    if version.major >= V4:
        return
    for name, part in _parts(item):
        for excess in excesses(part.rules, part.generators, version):
            where = f"{name}, {excess.part} {excess.path}"
            raise _cannot(item, f"{where}: {excess.what}", excess.needed, version)
        if _is_garbled(part.body):
            what = f"{name}, body: bytes that are no text, under the type {part.body.media_type()}, need"
            raise _cannot(item, what, V4, version)


def warn_for_file(interactions: Iterable[Interaction], version: SpecVersion) -> None:
    """Warn about what only V4 knows and other tools pass over in a file of an older version."""
    if version.major >= V4:
        return
    for item in interactions:
        notes = [name for name in ("key", "pending", "comments") if getattr(item, name)]
        if notes:
            warnings.warn(
                f"interaction {item.description!r}: tools of version {version.value} pass over its "
                f"{', '.join(notes)}; write the pact as version='4.0' if they are to count",
                UserWarning,
                stacklevel=4,
            )


def _cannot(item: Interaction, what: str, needed: int, version: SpecVersion) -> UsageError:
    return UsageError(
        f"interaction {item.description!r}, {what} version {needed}.0, this pact is to be {version.value}; "
        f"write it as version='{needed}.0'"
    )


def _parts(item: Interaction) -> Iterator[tuple[str, Request | Response | MessageContents]]:
    if isinstance(item, HttpInteraction):
        yield "request", item.request
        yield "response", item.response
    elif isinstance(item, AsyncMessage):
        yield "contents", item.contents


def _is_garbled(body: Body) -> bool:
    """Whether a body is said to be text, and is none: before V4 there is no form for it."""
    if not body.is_present or is_json(body.media_type()) or is_coded(body.media_type()):
        return False
    try:
        body.data.decode()
    except UnicodeDecodeError:
        return True
    return False
