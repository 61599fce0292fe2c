"""Generators applied to requests, responses and messages. No I/O: clock and random numbers come in by the context."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

from accord.contract.body_kinds import body_kind, load
from accord.contract.generators.json_body import replaced
from accord.contract.generators.values import UNCHANGED, GeneratorContext, as_text, generate, state_names
from accord.contract.generators.variants import generate_variants
from accord.contract.model import MessageContents, Request, Response
from accord.contract.paths import PathExpression, PathSyntaxError, parse_path, weight
from accord.core.errors import ContractFormatError, DocumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from accord.contract.bodies import Body
    from accord.contract.generators.json_body import Entry
    from accord.contract.generators.values import Mode
    from accord.contract.rules import MatchingRules

Part = TypeVar("Part", Request, Response, MessageContents)

_AT_ROOT = ("path", "status", "method")
_CATEGORY_NAMES = {"headers": "header", "content": "body", "contents": "body"}


def apply_generators(part: Part, mode: Mode, context: GeneratorContext) -> Part:
    """The part with generated values in place of its examples; the given one is not changed.

    Args:
        part: a request, a response or the contents of a message, with its generators.
        mode: ``consumer`` for what a mock answers or a handler is given, ``provider`` for what a provider is sent.
        context: clock, random numbers, state values and the mock's address.

    Raises:
        ContractFormatError: a generator that is unknown or makes no sense; names its category and path.
    """
    placed = list(_placed(part.generators))
    variants = _variants(part.rules)
    if not placed and not variants:
        return part
    run = _Run(placed, mode, context)
    body = run.body(part.body, variants)
    if isinstance(part, MessageContents):
        return replace(part, body=body, metadata=run.metadata(part.metadata))
    headers = run.named("header", part.headers)
    if isinstance(part, Response):
        return replace(part, body=body, headers=headers, status=run.status(part.status))
    query = run.named("query", part.query)
    return replace(
        part,
        body=body,
        headers=headers,
        query=query,
        path=run.path(part.path),
        query_text=part.query_text if query == part.query else None,
    )


def prepare_answer(
    part: Part, *, mock_url: str | None = None, now: datetime | None = None, random: Random | None = None
) -> Part:
    """What a mock answers, or a consumer's handler is given: the generators applied that count on its side.

    Args:
        part: as the contract has it.
        mock_url: address of the mock, for generated URLs; without one their examples stay.
        now: the moment dates are relative to; the present by default.
        random: a seeded source of random numbers; one of its own by default.

    Raises:
        ContractFormatError: as apply_generators.
    """
    return apply_generators(part, "consumer", replace(_context({}, now, random), mock_url=mock_url))


def prepare_request(
    request: Request,
    state_values: Mapping[str, Any],
    *,
    now: datetime | None = None,
    random: Random | None = None,
) -> Request:
    """The request to send to a provider: its generators applied, state values filled in.

    Args:
        request: as the contract has it.
        state_values: what the state handlers returned, all of them in one.
        now: the moment dates are relative to; the present by default.
        random: a seeded source of random numbers; one of its own by default.

    Raises:
        ContractFormatError: as apply_generators.
    """
    return apply_generators(request, "provider", _context(state_values, now, random))


def prepare_message(
    contents: MessageContents,
    state_values: Mapping[str, Any],
    *,
    now: datetime | None = None,
    random: Random | None = None,
) -> MessageContents:
    """The same as prepare_request for a message that is given to a provider (the request of a synchronous one)."""
    return apply_generators(contents, "provider", _context(state_values, now, random))


def missing_state_values(part: Request | Response | MessageContents, state_values: Mapping[str, Any]) -> list[str]:
    """The state values a part asks for that no state handler returned: its examples stay as they are."""
    wanted = [name for _, _, generator in _placed(part.generators) for name in state_names(generator)]
    return [name for name in dict.fromkeys(wanted) if name not in state_values]


def _context(state_values: Mapping[str, Any], now: datetime | None, random: Random | None) -> GeneratorContext:
    return GeneratorContext(now or datetime.now(UTC).astimezone(), random or Random(), state_values)  # noqa: S311 - test data, no secrets


def _placed(generators: Mapping[str, Any]) -> Iterator[tuple[str, PathExpression, Any]]:
    """Each generator with its category and path; of categories that are not known, none."""
    for name, content in generators.items():
        category = _CATEGORY_NAMES.get(name, name)
        if not isinstance(content, dict):
            raise ContractFormatError(f"expected an object of generators, seen {content!r}", path=f"generators.{name}")
        if category in _AT_ROOT and "type" in content:
            yield category, PathExpression((), "$"), content
            continue
        for key, generator in content.items():
            yield category, _expression(category, key), generator


def _expression(category: str, key: str) -> PathExpression:
    if category in _AT_ROOT:
        return PathExpression((), "$")
    if category in ("header", "query", "metadata") and not key.startswith("$"):
        name, bracket, index = key.partition("[")
        if bracket and index[:-1].isdigit():
            return PathExpression((name, int(index[:-1])), key)
        return PathExpression((key,), key)
    try:
        return parse_path(key)
    except PathSyntaxError as error:
        raise ContractFormatError(str(error), path=f"generators.{category}") from None


def _variants(rules: MatchingRules) -> list[tuple[PathExpression, Any]]:
    """The ``arrayContains`` rules of a body whose variants have generators."""
    return [
        (expression, rule)
        for expression, rule_list in rules.category("body")
        for rule in rule_list.rules
        if rule.match == "arrayContains" and any(variant.get("generators") for variant in rule.get("variants") or ())
    ]


class _Run:
    """One application of all generators of a part."""

    def __init__(
        self, placed: Sequence[tuple[str, PathExpression, Any]], mode: Mode, context: GeneratorContext
    ) -> None:
        self._mode = mode
        self._context = context
        self._placed: dict[str, list[tuple[PathExpression, Any]]] = {}
        for category, expression, generator in placed:
            self._placed.setdefault(category, []).append((expression, generator))

    def path(self, path: str) -> str:
        for expression, generator in self._placed.get("path", ()):
            path = as_text(self._value("path", expression, generator, path))
        return path

    def status(self, status: int | None) -> int | None:
        for expression, generator in self._placed.get("status", ()):
            value = self._value("status", expression, generator, status)
            if value is not None and not str(value).isdigit():
                raise ContractFormatError(f"expected a status code, the generator gave {value!r}", path="status")
            status = None if value is None else int(value)
        return status

    def named(self, category: str, values: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        """Headers or a query: a generator stands for all values of a name, or for the one at an index."""
        result = dict(values)
        for expression, generator in self._placed.get(category, ()):
            wanted, *index = expression.tokens or ("",)
            for name, texts in result.items():
                if str(wanted) == name or (category == "header" and str(wanted).lower() == name.lower()):
                    result[name] = tuple(
                        as_text(self._value(category, expression, generator, value))
                        if not index or weight(index[0], position)
                        else value
                        for position, value in enumerate(texts)
                    )
        return result

    def metadata(self, metadata: Mapping[str, Any]) -> dict[str, Any]:
        result: Any = dict(metadata)
        for expression, generator in self._placed.get("metadata", ()):
            result = replaced(result, expression.tokens, self._replacer("metadata", expression, generator))
        return dict(result)

    def body(self, body: Body, variants: Sequence[tuple[PathExpression, Any]]) -> Body:
        entries: list[Entry] = [
            (expression.tokens, self._replacer("body", expression, generator))
            for expression, generator in self._placed.get("body", ())
        ]
        entries += [(expression.tokens, self._variant_replacer(rule)) for expression, rule in variants]
        if not entries or not body.is_present:
            return body
        # The shallow first: they may make what the deeper ones fill in.
        entries.sort(key=lambda entry: len(entry[0]))
        kind = body_kind(body.media_type())
        if kind.generator is None:
            raise ContractFormatError(
                f"generators cannot be applied to a body of {body.media_type()}; remove them from the contract",
                path="generators.body",
            )
        try:
            generated: Body = load(kind.generator)(body, entries)
        except DocumentError as error:
            if isinstance(error, ContractFormatError):
                raise
            raise ContractFormatError(f"the body {error}; its generators cannot be applied", path="body") from None
        return generated

    def _replacer(self, category: str, expression: PathExpression, generator: Any) -> Callable[[Any], Any]:
        return lambda example: self._value(category, expression, generator, example)

    def _value(self, category: str, expression: PathExpression, generator: Any, example: Any) -> Any:
        try:
            value = generate(generator, example, self._mode, self._context)
        except ContractFormatError as error:
            where = f"generators.{category}" + (f"[{expression.text!r}]" if expression.tokens else "")
            raise ContractFormatError(error.message, path=where) from None
        return example if value is UNCHANGED else value

    def _variant_replacer(self, rule: Any) -> Callable[[Any], Any]:
        def apply(item: Any, generators: Mapping[str, Any]) -> Any:
            placed = [(_expression("body", key), generator) for key, generator in generators.items()]
            for expression, generator in sorted(placed, key=lambda each: len(each[0].tokens)):
                item = replaced(item, expression.tokens, self._replacer("body", expression, generator))
            return item

        return lambda items: generate_variants(items, rule, apply)
