"""Interactions as shapes: what a contract says of one example, loosened to what it says of every call of that kind.

A contract's request is an example of what the consumer sends: another order's id, another quantity is the same call.
Its matching rules stay; where it has none, values are compared by their type.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from accord.contract.bodies import MISSING, is_json
from accord.contract.paths import PathExpression, format_path
from accord.contract.rules import MatchingRules, Rule, RuleCategory, RuleList

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accord.contract.bodies import Body
    from accord.contract.model import Request, Response
    from accord.contract.paths import Token

Literals = Literal["type", "value"]
"""How values without a rule are compared in answers: by their type, or exactly."""

_BY_VALUE = frozenset({"accept", "content-type"})
_TYPE = RuleList((Rule("type"),))


def as_shape(request: Request) -> Request:
    """A contract's request as the shape of such requests; its path is left as it is."""
    body, rules = _loosened(request)
    rules["query"] = _for_names(request.query, request.rules.category("query"))
    return replace(request, body=body, rules=MatchingRules(rules))


def answer_as_shape(response: Response, literals: Literals) -> Response:
    """A contract's answer as the shape of such answers."""
    if literals == "value":
        return response
    body, rules = _loosened(response)
    return replace(response, body=body, rules=MatchingRules(rules))


def has_path_rule(request: Request) -> bool:
    """Whether a contract says itself what paths it takes."""
    return bool(request.rules.category("path"))


def _loosened(part: Request | Response) -> tuple[Body, dict[str, RuleCategory]]:
    body, rules = _body(part.body, part.rules.category("body"))
    header = _for_names(part.headers, part.rules.category("header"), leave=_BY_VALUE)
    return body, {**part.rules.categories, "header": header, "body": rules}


def _body(body: Body, rules: RuleCategory) -> tuple[Body, RuleCategory]:
    if not body.is_present:
        return body, rules
    if is_json(body.media_type()):
        if any(not expression.tokens for expression, _ in rules):
            return body, rules
        return body, RuleCategory({_expression(()): _TYPE, **rules.entries})
    # What is no JSON has no shape without rules: that there is one, of its type, the headers say.
    return (body, rules) if rules else (MISSING, rules)


def _for_names(names: Iterable[str], rules: RuleCategory, leave: frozenset[str] = frozenset()) -> RuleCategory:
    ruled = {str(expression.tokens[0]).lower() for expression, _ in rules if expression.tokens}
    loose = [name for name in names if name.lower() not in ruled | leave]
    return RuleCategory({**rules.entries, **{_expression((name,)): _TYPE for name in loose}})


def _expression(tokens: tuple[Token, ...]) -> PathExpression:
    return PathExpression(tokens, format_path(tokens))
