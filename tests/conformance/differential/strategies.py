"""What Hypothesis makes: JSON bodies, rules that lie near them, and bodies that nearly match."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from accord.contract.paths import Wildcard, format_path
from tests.conformance.differential.cases import BodyCase

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    Tokens = tuple[str | int | Wildcard, ...]

KEYS = ("a", "b", "id", "items", "a.b", "a[0]", "it's", 'say "hi"', "0", "1", "12", "ключ", "naïve key", "*", "$", "a-b", "@x", "")  # fmt: skip
TEXTS = (
    "", "a", "ab", "abc", "ABC", "true", "false", "null", "1", "1.5", "-3", "12345", "1.2.3", "1.2.3-rc.1+7", "1.2", "a b",
    "2024-02-29", "2023-02-29", "2024-13-01", "2024-1-1", "29/02/2024", "10:30", "10:30:59", "24:00:00", "10:30:59.123",
    "2024-02-29T10:30:59Z", "2024-02-29T10:30:59+02:00", "2024-02-29T10:30:59.123+0200", "2024-02-29T10:30:59",
    "2024-02-29 10:30:59", "Thu, 29 Feb 2024 10:30:59 GMT", "10:30 AM", "ünï", "日本", "😀", "a\nb",
)  # fmt: skip
NUMBERS = (
    0,
    1,
    -1,
    2,
    7,
    100,
    1.0,
    1.5,
    100.0,
    -0.5,
    1e2,
    1e21,
    1e-7,
    2**31,
    2**53 + 1,
    2**63 - 1,
    -(2**63),
    2**64 - 1,
)
PATTERNS = (
    "a", "a+", "ab", "^[a-c]*", "(abc|a)", "abc|a", r"\d+", r"-?\d+(\.\d+)?", ".*", "", "^$", r"^\w+$", r"\d{4}-\d\d-\d\d",
    "(?:true|false)", "^a|b$",
)  # fmt: skip
FORMATS = {
    "date": ("yyyy-MM-dd", "dd/MM/yyyy", "yyyy-M-d", "yyyyMMdd", "EEE, dd MMM yyyy"),
    "time": ("HH:mm", "HH:mm:ss", "HH:mm:ss.SSS", "hh:mm a", "'at' HH:mm"),
    "datetime": (
        "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ssXXX", "yyyy-MM-dd'T'HH:mm:ssX", "yyyy-MM-dd'T'HH:mm:ss.SSSZ",
        "yyyy-MM-dd HH:mm:ss", "EEE, dd MMM yyyy HH:mm:ss z", "yyyy-MM-dd'T'HH:mm:ss'Z'",
    ),
}  # fmt: skip

scalars = st.one_of(
    st.sampled_from(NUMBERS),
    st.sampled_from(TEXTS),
    st.booleans(),
    st.none(),
)
keys = st.sampled_from(KEYS)


def collections(inner: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Arrays and objects."""
    return st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3))


# A bare text or null at the root is another question: how a file carries it (see tests/unit/contract/test_reading.py).
documents: SearchStrategy[Any] = collections(st.recursive(scalars, collections, max_leaves=4))


def places(value: Any, tokens: Tokens = ()) -> list[tuple[Tokens, Any]]:
    """Every place in a document with what stands there, the root first."""
    found = [(tokens, value)]
    if isinstance(value, dict):
        for key, item in value.items():
            found += places(item, (*tokens, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += places(item, (*tokens, index))
    return found


@st.composite
def paths(draw: DrawFn, tokens: Tokens) -> str:
    """An expression that fits a place: some steps by wildcard; sometimes another step, or one too many."""
    written: list[str | int | Wildcard] = []
    for token in tokens:
        # The reference reads no path with a quote in a name, nor with an empty name, however it is written.
        readable = not isinstance(token, str) or (token and "'" not in token)
        if readable and draw(st.integers(0, 3)) > 0:
            written.append(token)
        else:
            written.append(Wildcard.INDEX if isinstance(token, int) else Wildcard.FIELD)
    if draw(st.integers(0, 9)) == 9:
        written.append(draw(st.one_of(st.sampled_from(("a", "b", "0")), st.integers(0, 2), st.sampled_from(Wildcard))))
    return format_path(tuple(written))


def _type_rule(bounds: tuple[int | None, int | None]) -> dict[str, Any]:
    low, high = bounds
    return {"match": "type"} | ({} if low is None else {"min": low}) | ({} if high is None else {"max": high})


bounded = st.tuples(st.none() | st.integers(0, 3), st.none() | st.integers(0, 4)).map(_type_rule)
regexes = st.sampled_from(PATTERNS).map(lambda pattern: {"match": "regex", "regex": pattern})
dated = st.sampled_from(sorted(FORMATS)).flatmap(
    lambda kind: st.sampled_from(FORMATS[kind]).map(lambda text: {"match": kind, "format": text})
)
plain_v3 = st.sampled_from(("equality", "integer", "decimal", "number", "boolean", "null")).map(lambda m: {"match": m})
includes = st.sampled_from(("a", "1", "true", "", "é", "-")).map(lambda part: {"match": "include", "value": part})

rules_v2: SearchStrategy[dict[str, Any]] = st.one_of(bounded, regexes)
rules_v3 = st.one_of(bounded, regexes, plain_v3, includes, dated, st.just({"match": "values"}))
inner_rules = st.one_of(st.just({"match": "type"}), regexes, plain_v3, includes, dated)


@st.composite
def variants(draw: DrawFn, example: Any) -> dict[str, Any]:
    """An arrayContains rule for an array."""
    count = len(example) if isinstance(example, list) else 1
    made = []
    for index in range(draw(st.integers(0, min(count, 2)))):
        item = example[index] if isinstance(example, list) else example
        rules = {}
        for tokens, _ in places(item):
            if draw(st.booleans()):
                rules[draw(paths(tokens))] = {"matchers": [draw(inner_rules)]}
        made.append({"index": index, "rules": rules})
    return {"match": "arrayContains", "variants": made}


def rules_v4(example: Any) -> SearchStrategy[dict[str, Any]]:
    """A rule of V4, most of them fit for what stands at the place."""
    each = st.lists(inner_rules, min_size=1, max_size=2)
    plain = st.sampled_from(("notEmpty", "semver")).map(lambda m: {"match": m})
    if isinstance(example, list):
        collection = st.one_of(variants(example), each.map(lambda rules: {"match": "eachValue", "rules": rules}))
    else:
        collection = st.one_of(
            each.map(lambda rules: {"match": "eachValue", "rules": rules}),
            st.lists(st.one_of(regexes, includes), max_size=1).map(lambda rules: {"match": "eachKey", "rules": rules}),
        )
    fitting = st.one_of(plain, collection) if isinstance(example, list | dict) else plain
    return st.one_of(rules_v3, fitting, fitting)


@st.composite
def rule_lists(draw: DrawFn, example: Any, version: str) -> dict[str, Any]:
    """The rules of one place."""
    one = rules_v4(example) if version == "4.0" else rules_v3
    matchers = draw(st.lists(one, min_size=1, max_size=2))
    return {"combine": draw(st.sampled_from(("AND", "OR"))), "matchers": matchers}


@st.composite
def matching_rules(draw: DrawFn, example: Any, version: str) -> dict[str, Any]:
    """``matchingRules`` of a body: for up to three places of it, which may overlap."""
    chosen = draw(st.lists(st.sampled_from(places(example)), max_size=3))
    if version == "2.0":
        return {"$.body" + draw(paths(tokens))[1:]: draw(rules_v2) for tokens, _ in chosen}
    body = {draw(paths(tokens)): draw(rule_lists(value, version)) for tokens, value in chosen}
    return {"body": body} if body else {}


@st.composite
def mutated(draw: DrawFn, value: Any) -> Any:
    """A document that differs from another in one place."""
    tokens, here = draw(st.sampled_from(places(value)))
    change = scalars if draw(st.booleans()) else _changes(here)
    if not tokens:
        change = _changes(here)
    return _replaced(value, tokens, draw(change))


def _changes(value: Any) -> SearchStrategy[Any]:
    if isinstance(value, bool) or value is None:
        return st.sampled_from((True, False, None, "true", 1))
    if isinstance(value, (int, float)):
        return st.sampled_from(NUMBERS)
    if isinstance(value, str):
        return st.sampled_from(TEXTS)
    if isinstance(value, list):
        return st.one_of(
            st.just([]),
            st.just(value[1:]),
            st.just(value[:-1]),
            st.just(value[::-1]),
            st.just(value + value[:1]),
            st.just(value * 2),
            scalars.map(lambda item: [*value, item]),
            st.just({}),
        )
    return st.one_of(
        st.just({}),
        st.sampled_from(sorted(value) or [""]).map(lambda key: {k: v for k, v in value.items() if k != key}),
        st.tuples(keys, scalars).map(lambda pair: value | dict([pair])),
        st.tuples(st.sampled_from(sorted(value) or [""]), keys).map(
            lambda pair: {pair[1] if k == pair[0] else k: v for k, v in value.items()}
        ),
        st.just([]),
    )


def _replaced(value: Any, tokens: Tokens, new: Any) -> Any:
    if not tokens:
        return new
    first, rest = tokens[0], tokens[1:]
    if isinstance(value, dict):
        return {key: _replaced(item, rest, new) if key == first else item for key, item in value.items()}
    return [_replaced(item, rest, new) if index == first else item for index, item in enumerate(value)]


@st.composite
def body_cases(draw: DrawFn) -> BodyCase:
    """A comparison: a document, rules for it, and a document that differs in up to two places."""
    version = draw(st.sampled_from(("4.0", "3.0.0", "2.0.0")))
    example = draw(documents)
    actual = example
    for _ in range(draw(st.integers(0, 2))):
        actual = draw(mutated(actual))
    short = {"4.0": "4.0", "3.0.0": "3.0", "2.0.0": "2.0"}[version]
    rules = draw(matching_rules(example, short))
    return BodyCase(_text(example), _text(actual), rules, version)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
