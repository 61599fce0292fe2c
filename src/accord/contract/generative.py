"""Everything a contract permits, as Hypothesis strategies: what a consumer must be able to take from its provider.

A contract allows more than its example: other texts, more items or none, further fields, keys in any order, header
names in any case, any instant in the format. A consumer that was tested with the example alone breaks on these.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import inspect
import json
import re
import string
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import hypothesis
from hypothesis import strategies as st

from accord.contract.bodies import Body, is_json
from accord.contract.generators.dates import render
from accord.contract.matchers.scalars import ISO8601_PATTERN
from accord.contract.matching.dates import DEFAULT_FORMATS
from accord.contract.matching.json_body import match_json
from accord.contract.mock import MockSession
from accord.contract.mock_httpx import InProcessTransport
from accord.contract.model import MessageContents, Response
from accord.contract.patterns import matches_pattern
from accord.contract.rules import OPTIONAL, STATUS_CLASSES, ActiveRules, RuleCategory, RuleList
from accord.contract.spec import SpecVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from accord.contract.model import HttpInteraction
    from accord.contract.rules import Rule

    Strategy = st.SearchStrategy[Any]

MOST_ITEMS = 5
"""How many items an array has beyond its least number, where the contract sets no bound."""

_TEXTS = st.one_of(
    st.text(max_size=20), st.sampled_from(["", " ", "0", "null", "ß", "\N{SMILING FACE WITH SMILING EYES}"])
)
_INTEGERS = st.one_of(st.integers(-(2**53), 2**53), st.sampled_from([0, -1, 2**31, 2**32, 2**53 + 1, 2**63 - 1]))
_DECIMALS = st.one_of(
    st.decimals(-(10**9), 10**9, places=2).map(float),
    st.floats(-1e12, 1e12, allow_nan=False, allow_infinity=False),
    st.sampled_from([0.1, 0.29, 1.1, 1e-7, 1e21, -0.5]),
)
_NAMES = st.text(string.ascii_lowercase, min_size=3, max_size=8)
_INSTANTS = st.datetimes(
    dt.datetime(1970, 1, 1),  # noqa: DTZ001 - the zone is added below
    dt.datetime(2100, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.sampled_from([dt.UTC, *(dt.timezone(dt.timedelta(minutes=m)) for m in (-480, 60, 330, 765))]),
)


def responses(response: Response) -> st.SearchStrategy[Response]:
    """Every response that a contract permits, as Hypothesis makes them: small and odd ones first.

    Args:
        response: the expected response of an interaction.
    """
    body = _bodies(response.body, response.rules.category("body"))
    return st.builds(Response, _statuses(response), _headers(response), body)


def messages(contents: MessageContents) -> st.SearchStrategy[MessageContents]:
    """Every content of a message that a contract permits; its metadata stays."""
    body = _bodies(contents.body, contents.rules.category("body"))
    return body.map(lambda made: MessageContents(made, contents.metadata))


def _statuses(response: Response) -> Strategy:
    for _, rules in response.rules.category("status"):
        wanted = rules.rules[0].get("status")
        codes = wanted if isinstance(wanted, list) else STATUS_CLASSES.get(wanted or "success")
        if codes:
            return st.sampled_from(list(codes))
    return st.just(response.status)


def _headers(response: Response) -> Strategy:
    """The expected headers, their names in any case and in any order, and perhaps one more."""
    rules = {str(expression.tokens[0]).lower(): each for expression, each in response.rules.category("header")}
    names = {**response.headers}
    if response.body.is_present and not any(name.lower() == "content-type" for name in names):
        names["Content-Type"] = (response.body.content_type or "application/json",)
    pairs = [
        st.tuples(_any_case(name), _header_values(values, rules.get(name.lower()))) for name, values in names.items()
    ]
    extra = st.lists(st.tuples(_NAMES.map(lambda name: f"x-{name}"), st.just(("1",))), max_size=1)
    return st.tuples(st.tuples(*pairs), extra).flatmap(lambda both: st.permutations([*both[0], *both[1]])).map(dict)


def _any_case(name: str) -> Strategy:
    return st.sampled_from([name, name.lower(), name.upper(), name.title()])


def _header_values(values: tuple[str, ...], rules: RuleList | None) -> Strategy:
    if rules is None:
        return st.just(values)
    return st.tuples(*(_by_rules(value, rules).map(str) for value in values))


def _bodies(body: Body, rules: RuleCategory) -> Strategy:
    if not body.is_present or not is_json(body.media_type()):
        return st.just(body)
    example = body.json()
    made = _values(example, ActiveRules.at_root(rules))
    # A rule that is not modelled in full here must not raise a false alarm: what the contract refuses is not sent.
    permitted = made.filter(lambda value: not match_json(example, value, rules, allow_unexpected=True))
    return permitted.map(lambda value: Body.of_bytes(json.dumps(value).encode(), body.content_type))


def _values(example: Any, active: ActiveRules) -> Strategy:
    best = active.best()
    if isinstance(example, dict):
        return _objects(example, active)
    if isinstance(example, list):
        return _arrays(example, active, best)
    if best is None:
        return st.just(example)
    return _by_rules(example, best[0])


def _objects(example: Mapping[str, Any], active: ActiveRules) -> Strategy:
    """All expected keys, those that may be missing or null perhaps, one that nobody asked for, in any order."""
    required = {key: _values(value, active.step(key)) for key, value in example.items()}
    best = active.best()
    if best and not best[1] and any(rule.match in ("values", "eachValue", "eachKey") for rule in best[0].rules):
        return st.fixed_dictionaries(required)
    known = st.fixed_dictionaries(required, optional=_optional_fields(example, active))
    extra = st.dictionaries(_NAMES.filter(lambda name: name not in example), st.one_of(st.none(), _TEXTS), max_size=1)
    merged = st.tuples(known, extra).map(lambda both: {**both[1], **both[0]})
    return merged.flatmap(lambda value: st.permutations(list(value.items())).map(dict))


def _optional_fields(example: Mapping[str, Any], active: ActiveRules) -> dict[str, Strategy]:
    """The fields of match.optional that the example leaves out: absent, null or like their own example."""
    fields = {}
    for name, rule in active.fields_with(OPTIONAL):
        if name not in example:
            fields[name] = st.one_of(st.none(), _values(rule.get(OPTIONAL), active.step(name)))
    return fields


def _arrays(example: list[Any], active: ActiveRules, best: tuple[RuleList, bool] | None) -> Strategy:
    if best is None or not example:
        return st.tuples(*(_values(item, active.step(index)) for index, item in enumerate(example))).map(list)
    rules, cascaded = best
    bounds = [rule for rule in rules.rules if rule.match == "type"]
    if not bounds:
        return st.just(example)
    # Bounds are of the array that the rule was given for, not of those below it.
    least = 0 if cascaded else max((rule.get("min") or 0) for rule in bounds)
    highest = [] if cascaded else [rule.attributes["max"] for rule in bounds if rule.get("max") is not None]
    most = min([least + MOST_ITEMS, *highest])
    return st.lists(_values(example[0], active.step(0)), min_size=least, max_size=max(most, least))


def _by_rules(example: Any, rules: RuleList) -> Strategy:
    if rules.combine == "OR":
        return st.one_of(*(_by_rule(example, rule) for rule in rules.rules))
    return _by_rule(example, rules.rules[-1]) if len(rules.rules) == 1 else st.just(example)


def _by_rule(example: Any, rule: Rule) -> Strategy:
    make = _MADE_BY.get(rule.match)
    return make(example, rule) if make else st.just(example)


def _by_type(example: Any, _: Rule) -> Strategy:
    if isinstance(example, bool):
        return st.booleans()
    if isinstance(example, (int, float)):
        return st.one_of(_INTEGERS, _DECIMALS)
    return _TEXTS if isinstance(example, str) else st.just(example)


def _by_pattern(example: Any, rule: Rule) -> Strategy:
    pattern = rule.attributes["regex"]
    if pattern == ISO8601_PATTERN:  # the pattern alone would also give a 39th of January
        return _INSTANTS.map(lambda moment: moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
    try:
        compiled = re.compile(pattern)
    except re.error:
        return st.just(example)  # a dialect that Hypothesis does not read
    return st.from_regex(compiled, fullmatch=True).filter(lambda text: matches_pattern(pattern, text))


def _by_date(example: Any, rule: Rule) -> Strategy:
    date_format = rule.get("format") or DEFAULT_FORMATS[rule.match]
    del example
    return _INSTANTS.map(lambda moment: render(moment, date_format))


def _by_part(_: Any, rule: Rule) -> Strategy:
    part = str(rule.attributes["value"])
    return st.tuples(_TEXTS, _TEXTS).map(lambda around: f"{around[0]}{part}{around[1]}")


def _by_version(_: Any, __: Rule) -> Strategy:
    return st.tuples(*[st.integers(0, 99)] * 3).map(lambda numbers: ".".join(map(str, numbers)))


def _always(strategy: Strategy) -> Callable[[Any, Rule], Strategy]:
    return lambda _example, _rule: strategy


_MADE_BY: dict[str, Callable[[Any, Rule], Strategy]] = {
    "type": _by_type,
    "integer": _always(_INTEGERS),
    "decimal": _always(_DECIMALS),
    "number": _always(st.one_of(_INTEGERS, _DECIMALS)),
    "boolean": _always(st.booleans()),
    "null": _always(st.none()),
    "regex": _by_pattern,
    "include": _by_part,
    "date": _by_date,
    "time": _by_date,
    "datetime": _by_date,
    "semver": _by_version,
    "notEmpty": lambda example, rule: _by_type(example, rule).filter(lambda value: value not in ("", None)),
}


def try_every_response(
    interactions: Sequence[HttpInteraction],
    call: Callable[..., Any],
    *,
    examples: int,
    seed: int,
    allowed: tuple[type[Exception], ...],
) -> tuple[list[Response], Exception] | None:
    """Let a client take what the contract permits, and find the smallest answers that break it.

    Returns:
        The answers, one for each interaction, and what the client raised; None when it took all.
    """
    broken: list[tuple[list[Response], Exception]] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        verbosity=hypothesis.Verbosity.quiet,
        # Explaining which parts matter takes longer than all the rest, and the smallest answer says it already.
        phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
    )
    @hypothesis.given(st.tuples(*(each.responses() for each in interactions)))
    def check(made: tuple[Response, ...]) -> None:
        answered = [replace(each, response=response) for each, response in zip(interactions, made, strict=True)]
        session = MockSession(answered, SpecVersion.V4)
        try:
            _called(call, InProcessTransport(session.handle), made)
        except allowed:
            pass
        except Exception as error:
            broken.append((list(made), error))
            raise

    try:
        check()
    except Exception:
        if not broken:
            raise
        return broken[-1]  # Hypothesis ends with the smallest
    return None


def _called(call: Callable[..., Any], transport: InProcessTransport, made: tuple[Response, ...]) -> None:
    """Call a client with the transport and, where it takes a second argument, with the JSON that is answered."""
    try:
        inspect.signature(call).bind(transport, None)
    except TypeError:
        result = call(transport)
    else:
        sent = [each.body.json() if is_json(each.body.media_type()) else each.body.data for each in made]
        result = call(transport, sent[0] if len(sent) == 1 else sent)
    if inspect.isawaitable(result):
        asyncio.run(_awaited(result))


async def _awaited(result: Any) -> None:
    await result
