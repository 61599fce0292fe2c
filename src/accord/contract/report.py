"""A verification's result for people: what matters of each difference, and what to write where something is missing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from accord.contract.handlers import function_name, message_template, state_template
from accord.contract.model import HttpInteraction
from accord.contract.plugin_data import called_service

if TYPE_CHECKING:
    from accord.contract.model import Contract, Interaction
    from accord.contract.verification import ContractResult, InteractionResult, VerificationResult

_MARKS = {"passed": "✓", "failed": "✗", "pending": "○"}

MISMATCHES_SHOWN = 20
"""Differences of one interaction that a person is shown."""


def render_failure(result: VerificationResult) -> str:
    """What is not kept, for a test that fails: what passes is counted alone, then what is to be written."""
    parts = [summary_line(result)]
    parts += [_failed(each) for each in result.contracts if not _passed(each)]
    templates = render_templates(result)
    if templates:
        parts.append(templates)
    return "\n\n".join(parts)


def summary_line(result: VerificationResult) -> str:
    """One sentence: how many interactions are kept."""
    interactions = result.interactions
    kept = sum(each.status == "passed" for each in interactions)
    version = f" (v{result.version})" if result.version else ""
    verb = "keeps" if result.success else "does not keep"
    return f"{result.provider}{version} {verb} its contracts: {kept} of {len(interactions)} interactions pass"


def render_interaction(result: InteractionResult) -> str:
    """One interaction: a line, and what is wrong with it below."""
    lines = [f"  {_MARKS[result.status]} {result.interaction.title}"]
    lines += [f"      {line}" for line in _comments(result.interaction)]
    lines += [f"      warning: nothing brought about the provider state {name!r}" for name in result.without_states]
    if result.status == "passed":
        return "\n".join(lines)
    call = _call(result.interaction)
    if call:
        lines.append(f"      {call}")
    lines += [f"      {mismatch}" for mismatch in result.mismatches[:MISMATCHES_SHOWN]]
    if len(result.mismatches) > MISMATCHES_SHOWN:
        lines.append(f"      … and {len(result.mismatches) - MISMATCHES_SHOWN} more; --json has them")
    if result.problem is not None:
        lines += [f"      {line}" for line in result.problem.splitlines()]
    if result.hint is not None:
        lines.append(f"      {result.hint}")
    if result.traceback is not None:
        lines += [f"      | {line}" for line in result.traceback.splitlines()]
    return "\n".join(lines)


def _comments(interaction: Interaction) -> list[str]:
    """What the consumer has to say of an interaction, and the test that it comes from."""
    said, test = interaction.comments.get("text"), interaction.comments.get("testname")
    texts = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    lines = [f"# {line}" for text in texts for line in str(text).splitlines()]
    lines += [f"# from the test {test}"] if test else []
    # It comes from outside: nothing in it may steer a terminal.
    return ["".join(letter if letter.isprintable() else " " for letter in line) for line in lines]


def render_contract_line(contract: Contract) -> str:
    """The heading of a contract's interactions."""
    notes = [_from_here(contract.source)] if contract.source else []
    notes += ["work in progress, does not fail"] if contract.wip else ["pending, does not fail"] * contract.pending
    return f"{contract.consumer} ({', '.join(notes)})" if notes else contract.consumer


def _from_here(source: str) -> str:
    """A file below the working directory by its relative path, which is shorter and can be clicked all the same."""
    here = os.getcwd() + os.sep  # noqa: PTH109 - a prefix of text is all that is asked
    return source.removeprefix(here)


def render_templates(result: VerificationResult) -> str:
    """The functions to write for what had no handler; empty where nothing is missing."""
    templates = [state_template(name, parameters) for name, parameters in result.missing_states.items()]
    templates += [message_template(each, answers=each in result.missing_answers) for each in result.missing_messages]
    if not templates:
        return ""
    tables = [
        *(f"STATES = {{{name!r}: {function_name(name)}, …}}" for name in list(result.missing_states)[:1]),
        *(f"MESSAGES = {{{name!r}: {function_name(name)}, …}}" for name in result.missing_messages[:1]),
    ]
    hint = f"In a file for --states, name them in a table instead: {', '.join(tables)}"
    return "\n\n".join(["Write what is missing; ready to paste:", *templates, hint])


def _failed(result: ContractResult) -> str:
    wrong = [each for each in result.interactions if each.status != "passed"]
    kept = len(result.interactions) - len(wrong)
    parts = [render_contract_line(result.contract), *map(render_interaction, wrong)]
    return "\n".join(parts + [f"  ✓ {kept} more"] * bool(kept))


def _passed(result: ContractResult) -> bool:
    return all(each.status == "passed" for each in result.interactions)


def _call(interaction: Interaction) -> str | None:
    if not isinstance(interaction, HttpInteraction):
        return called_service(interaction)
    return f"{interaction.request.method} {interaction.request.path}"
