"""Helpers that give names to values, and what comes from the machine."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any

from accord.contract.patterns import PatternError, PatternTimeoutError, matches_pattern
from accord.stub.templating.helpers.arguments import problem
from accord.stub.templating.helpers.registry import helper
from accord.stub.templating.values import to_text

if TYPE_CHECKING:
    from accord.stub.templating.calls import Arguments


@helper("assign", "gives a name to what a block renders", "{{#assign 'who'}}you{{/assign}}{{who}}", "you")
def _assign(arguments: Arguments) -> None:
    arguments.run.assigned[to_text(arguments.context)] = arguments.body()


@helper("val", "a value, another where it is missing (or=), kept under a name (assign=)",
        "{{val missing or='other'}}{{val 5 assign='n'}}{{math n '+' 1}}", "other6")  # fmt: skip
def _val(arguments: Arguments) -> Any:
    value = arguments.context if arguments.has_context else None
    if value is None:
        value = arguments.hash.get("or", arguments.hash.get("default"))
    if "assign" in arguments.hash:
        arguments.run.assigned[to_text(arguments.hash["assign"])] = value
        return None
    return value


@helper("hostname", "the name of this machine", "{{hostname}}", None)
def _hostname(_arguments: Arguments) -> str:
    return socket.gethostname()


@helper("systemValue", "an environment variable, where the server permits its name",
        "{{systemValue key='HOME'}}", "[ERROR: Access to HOME is denied]")  # fmt: skip
def _system_value(arguments: Arguments) -> Any:
    key = to_text(arguments.hash.get("key", ""))
    if not key:
        return problem("The key cannot be empty")
    if not any(_permits(pattern, key) for pattern in arguments.run.surroundings.permitted_system_values):
        return problem(f"Access to {key} is denied")
    return os.environ.get(key) if arguments.hash.get("type", "ENVIRONMENT") == "ENVIRONMENT" else None


def _permits(pattern: str, key: str) -> bool:
    try:
        return matches_pattern(f"(?i:{pattern})", key)
    except (PatternError, PatternTimeoutError):
        return False
