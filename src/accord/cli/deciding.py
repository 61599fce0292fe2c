"""``accord can-i-deploy`` and ``accord can-i-merge``: asked of a hub, or of the files beside the pacts."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accord.cli.hub_access import (
    AsJson,
    HubUrl,
    Pacts,
    Version,
    ask_at,
    folder_version,
    hub_or_folder,
    version_of,
)
from accord.cli.output import print_json
from accord.cli.selectors import KEY, Group, GroupedCommand, Groups
from accord.contract.deployability import can_i_deploy, render_decision
from accord.contract.results_folder import ResultsFolder
from accord.core.errors import UsageError
from accord.hub.client import tables
from accord.hub.client.deciding import decide, render_verdict, settle_target
from accord.hub.client.question import Question, Subject

if TYPE_CHECKING:
    from accord.hub.client.access import Access

EXAMPLE = """Example:

    accord can-i-deploy --pacticipant OrderService --version 2.3.1 --to production --hub https://hub.example.org

    accord can-i-deploy --pacticipant OrderService --version 2.3.1 --to production --pacts contracts/

    accord can-i-deploy --pacticipant WebShop --version 1.0.0 --pacticipant OrderService --branch main
"""
MERGE_EXAMPLE = """Example:

    accord can-i-merge --pacticipant OrderService --version "$GIT_COMMIT"
"""
PRODUCTION = "production"

Retries = Annotated[
    int, typer.Option("--retry-while-unknown", help="How often to ask again while results are missing.", min=0)
]
Interval = Annotated[float, typer.Option("--retry-interval", help="Seconds between two times.", min=0.0)]
Participants = Annotated[
    str, typer.Option("--pacticipant", "--participant", "-a", help="The participant; again with another for several.")
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(help="A participant whose results do not count, or with --version behind it one version; repeatable."),
]
Output = Annotated[
    str | None,
    typer.Option("--output", "-o", metavar="table|json", help="Print what the Pact Broker's own client prints."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Answer, and let the exit code be 0 whatever it is.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("can-i-deploy", epilog=EXAMPLE, cls=GroupedCommand)(can_i_deploy_command)
    app.command("can-i-merge", epilog=MERGE_EXAMPLE, cls=GroupedCommand)(can_i_merge_command)


def can_i_deploy_command(
    context: typer.Context,
    pacticipant: Participants,
    version: Version = None,
    latest: Annotated[
        bool, typer.Option("--latest", "-l", help="Its latest version; what follows is a tag: of those with it.")
    ] = False,
    tag: Annotated[str | None, typer.Option(help="Its latest version with this tag.")] = None,
    branch: Annotated[str | None, typer.Option(help="Its latest version of this branch.")] = None,
    main_branch: Annotated[bool, typer.Option("--main-branch", help="Its latest version of its main branch.")] = False,
    to: Annotated[str | None, typer.Option(help="Where to: an environment, else a tag.")] = None,
    to_environment: Annotated[str | None, typer.Option(help="Where to: an environment.")] = None,
    ignore: Ignore = None,
    retry_while_unknown: Retries = 0,
    retry_interval: Interval = 10.0,
    dry_run: DryRun = False,
    pacts: Pacts = None,
    hub: HubUrl = None,
    output: Output = None,
    as_json: AsJson = False,
) -> int:
    """Say whether a version may be deployed, and why not. Exit code 0: yes; 1: no; 2: cannot tell.

    --version, --latest, --tag, --branch and --main-branch are about the --pacticipant before them. Several participants
    without --to have to fit each other.
    """
    access = hub_or_folder(hub, pacts)
    if to and to_environment:
        raise UsageError("--to and --to-environment both say where to; give one of them")
    groups: Groups = context.meta[KEY]
    manner = Manner(output, as_json=as_json, dry_run=_is_dry(dry_run))
    if access is None:
        return _from_folder(
            pacticipant, version, to or to_environment or PRODUCTION, pacts or Path("pacts"), manner,
            hub_only={"--latest": latest, "--tag": tag, "--branch": branch, "--main-branch": main_branch,
                      "--ignore": ignore, "--retry-while-unknown": retry_while_unknown, "--output": output,
                      "a second --pacticipant": groups.beside},
        )  # fmt: skip
    subjects = [_subject(groups.first), *(_subject(each, is_beside=True) for each in groups.beside)]
    environment, to_tag, note = to_environment, None, None
    if environment is None and (to or len(subjects) == 1):
        kind, note = ask_at(access, settle_target, to or PRODUCTION)
        environment, to_tag = (to or PRODUCTION, None) if kind == "environment" else (None, to or PRODUCTION)
    first = subjects[0]
    question = Question(
        first.participant, first.version, first.tag, first.branch, environment, to_tag,
        ignore=_ignored(groups), main_branch=first.main_branch, beside=tuple(subjects[1:]),
    )  # fmt: skip
    return _answer(access, question, retry_while_unknown, retry_interval, note, manner)


def can_i_merge_command(
    context: typer.Context,
    pacticipant: Participants,
    version: Version = None,
    ignore: Ignore = None,
    retry_while_unknown: Retries = 0,
    retry_interval: Interval = 10.0,
    dry_run: DryRun = False,
    hub: HubUrl = None,
    output: Output = None,
    as_json: AsJson = False,
) -> int:
    """Say whether a version fits the main branches. Exit code 0: yes; 1: no; 2: cannot tell."""
    access = hub_or_folder(hub, None)
    if access is None:
        raise UsageError("can-i-merge needs a hub: --hub, or PACT_BROKER_BASE_URL")
    groups: Groups = context.meta[KEY]
    beside = tuple(_subject(each, is_beside=True) for each in groups.beside)
    question = Question(pacticipant, version_of(version), main_branches=True, ignore=_ignored(groups), beside=beside)
    manner = Manner(output, as_json=as_json, dry_run=_is_dry(dry_run))
    del ignore  # it is among the groups, with its version
    return _answer(access, question, retry_while_unknown, retry_interval, None, manner)


@dataclass(frozen=True, slots=True)
class Manner:
    """How an answer is given.

    Attributes:
        output: ``table`` or ``json`` as the reference's client prints them; None: with every reason.
        as_json: this client's JSON.
        dry_run: the exit code is 0.
    """

    output: str | None
    as_json: bool
    dry_run: bool

    def __post_init__(self) -> None:
        if self.output not in {None, "table", "json"}:
            raise UsageError(f"--output must be table or json, not {self.output!r}")
        if self.output and self.as_json:
            raise UsageError("--output and --json both say how to print; give one of them")


def _subject(group: Group, *, is_beside: bool = False) -> Subject:
    of_a_line = group.latest or group.tag is not None or group.branch is not None or group.main_branch
    if group.version and of_a_line:
        raise UsageError(
            f"--version names one version of {group.name}; --latest, --tag, --branch and --main-branch ask for its "
            "latest; give one of them"
        )
    if is_beside and not group.version and not of_a_line:
        raise UsageError(
            f"which version of {group.name}? Say it behind its --pacticipant with --version, --branch, --tag, "
            "--latest or --main-branch; GIT_COMMIT and git's commit are the first participant's alone"
        )
    version = None if of_a_line else version_of(group.version)
    return Subject(group.name or "", version, group.tag, group.branch, group.main_branch)


def _ignored(groups: Groups) -> tuple[tuple[str, str | None], ...]:
    named = [(each.name or "", each.version) for each in groups.ignored]
    more = os.environ.get("PACT_BROKER_CAN_I_DEPLOY_IGNORE", "").split(",")
    return (*named, *((name.strip(), None) for name in more if name.strip()))


def _is_dry(given: bool) -> bool:
    return given or os.environ.get("PACT_BROKER_CAN_I_DEPLOY_DRY_RUN", "").lower() == "true"


def _answer(access: Access, question: Question, tries: int, interval: float, note: str | None, manner: Manner) -> int:
    verdict = ask_at(access, decide, question, tries=tries, interval=interval)
    fine = verdict.deployable is True
    if manner.as_json:
        print_json(verdict.to_json())
    elif manner.output is not None:
        document = verdict.document or {"notices": [{"type": "error", "text": verdict.why}]}
        shown = tables.as_json(document) if manner.output == "json" else tables.as_table(document, deployable=fine)
        print(shown)
    else:
        print(render_verdict(verdict))
    if note:
        print(f"note: {note}", file=sys.stderr)
    return _code(fine=fine, dry_run=manner.dry_run)


def _from_folder(
    pacticipant: str,
    version: str | None,
    environment: str,
    pacts: Path,
    manner: Manner,
    *,
    hub_only: dict[str, object],
) -> int:
    given = [name for name, value in hub_only.items() if value]
    if given:
        raise UsageError(f"{given[0]} needs a hub: --hub, or PACT_BROKER_BASE_URL; a folder of pacts does not know")
    decision = can_i_deploy(ResultsFolder(pacts), pacticipant, folder_version(version), environment)
    if manner.as_json:
        print_json(decision.to_json())
    else:
        print(render_decision(decision))
    return _code(fine=decision.deployable, dry_run=manner.dry_run)


def _code(*, fine: bool, dry_run: bool) -> int:
    if dry_run and not fine:
        print("note: this is a dry run, so the exit code is 0", file=sys.stderr)
    return 0 if fine or dry_run else 1
