from __future__ import annotations

import ast
from typing import Any

import pytest

from accord.contract.handlers import check_callable, explain_signature, message_template, state_template
from accord.core.errors import UsageError

SENTENCES = [
    "order 42 exists",
    "42 orders",
    "class",
    "",
    "größe über alles",
    'quotes " and \'\'\' and """ and \\',
    "ends with a backslash\\",
    "two\nlines\tand \x00 more",
    "None",
    "日本",
]


class Recorder:
    """Stands for a verifier in a pasted template."""

    def __init__(self) -> None:
        self.given: dict[str, Any] = {}

    def state(self, name: str, handler: Any) -> None:
        self.given[name] = handler

    message = state


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"id": 1, "name": "x", "items": [1], "nothing": None, "open": True, "price": 1.5, "o": {}},
        {"user id": 1, "user-id": 2, "class": 3},
    ],
    ids=["none", "plain", "odd"],
)
def test_a_pasted_state_handler_is_python_and_takes_the_parameters(sentence: str, parameters: dict[str, Any]) -> None:
    verifier = Recorder()
    exec(compile(state_template(sentence, parameters), "template", "exec"), {"verifier": verifier})  # noqa: S102 - that it runs is the subject
    assert verifier.given[sentence](**parameters) is None


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_pasted_producer_is_python(sentence: str) -> None:
    verifier = Recorder()
    exec(compile(message_template(sentence), "template", "exec"), {"verifier": verifier})  # noqa: S102 - as above
    assert verifier.given[sentence]() is None
    assert ast.parse(message_template(sentence))


def test_a_handler_that_cannot_take_the_parameters_is_explained() -> None:
    def set_up(customer: str) -> None:
        raise AssertionError(customer)

    assert explain_signature(set_up, {"customer": "c"}) is None
    reason = explain_signature(set_up, {"user": 1})
    assert reason is not None
    assert "the handler set_up(customer: 'str') -> 'None' cannot take the parameters of the contract (user)" in reason


def test_a_handler_without_a_signature_is_given_the_benefit_of_the_doubt() -> None:
    assert explain_signature(dict.fromkeys, {"a": 1}) is not None or explain_signature(print, {}) is None


def test_what_cannot_be_called_is_refused_where_it_is_given() -> None:
    with pytest.raises(UsageError, match="the producer for 'x' must be a function, seen 5"):
        check_callable("x", 5, "producer")
