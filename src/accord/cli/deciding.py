"""``accord can-i-deploy`` and ``accord can-i-merge``: asked of a hub, or of the files beside the pacts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accord.cli.hub_access import (
    AsJson,
    HubUrl,
    Pacts,
    Participant,
    Version,
    ask_at,
    folder_version,
    hub_or_folder,
    version_of,
)
from accord.cli.output import print_json
from accord.contract.deployability import can_i_deploy, render_decision
from accord.contract.results_folder import ResultsFolder
from accord.core.errors import UsageError
from accord.hub.client.deciding import Question, decide, render_verdict, settle_target

if TYPE_CHECKING:
    from accord.hub.client.access import Access

EXAMPLE = """Example:

    accord can-i-deploy --pacticipant OrderService --version 2.3.1 --to production --hub https://hub.example.org

    accord can-i-deploy --pacticipant OrderService --version 2.3.1 --to production --pacts contracts/
"""
MERGE_EXAMPLE = """Example:

    accord can-i-merge --pacticipant OrderService --version "$GIT_COMMIT"
"""
PRODUCTION = "production"

Retries = Annotated[
    int, typer.Option("--retry-while-unknown", help="How often to ask again while results are missing.", min=0)
]
Interval = Annotated[float, typer.Option("--retry-interval", help="Seconds between two times.", min=0.0)]
Ignore = Annotated[list[str] | None, typer.Option(help="A participant whose results do not count; repeatable.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Answer, and let the exit code be 0 whatever it is.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("can-i-deploy", epilog=EXAMPLE)(can_i_deploy_command)
    app.command("can-i-merge", epilog=MERGE_EXAMPLE)(can_i_merge_command)


def can_i_deploy_command(
    pacticipant: Participant,
    version: Version = None,
    latest: Annotated[
        bool, typer.Option("--latest", "-l", help="The latest version in place of one; with --tag or --branch of it.")
    ] = False,
    tag: Annotated[str | None, typer.Option(help="With --latest: of the versions with this tag.")] = None,
    branch: Annotated[str | None, typer.Option(help="With --latest: of the versions of this branch.")] = None,
    to: Annotated[str | None, typer.Option(help="Where to: an environment, else a tag.")] = None,
    to_environment: Annotated[str | None, typer.Option(help="Where to: an environment.")] = None,
    ignore: Ignore = None,
    retry_while_unknown: Retries = 0,
    retry_interval: Interval = 10.0,
    dry_run: DryRun = False,
    pacts: Pacts = None,
    hub: HubUrl = None,
    as_json: AsJson = False,
) -> int:
    """Say whether a version may be deployed, and why not. Exit code 0: yes; 1: no; 2: cannot tell."""
    access = hub_or_folder(hub, pacts)
    if to and to_environment:
        raise UsageError("--to and --to-environment both say where to; give one of them")
    if access is None:
        return _from_folder(
            pacticipant, version, to or to_environment or PRODUCTION, pacts or Path("pacts"),
            hub_only={"--latest": latest, "--tag": tag, "--branch": branch, "--ignore": ignore,
                      "--retry-while-unknown": retry_while_unknown},
            dry_run=dry_run, as_json=as_json,
        )  # fmt: skip
    if version and (latest or tag or branch):
        raise UsageError(
            "--version names one version, --latest, --tag and --branch ask for the latest; give one of them"
        )
    environment, to_tag, note = to_environment, None, None
    if environment is None:
        kind, note = ask_at(access, settle_target, to or PRODUCTION)
        environment, to_tag = (to or PRODUCTION, None) if kind == "environment" else (None, to or PRODUCTION)
    question = Question(
        pacticipant,
        None if latest or tag or branch else version_of(version),
        tag=tag,
        branch=branch,
        environment=environment,
        to_tag=to_tag,
        ignore=tuple((name, None) for name in ignore or ()),
    )
    return _answer(access, question, retry_while_unknown, retry_interval, note, dry_run=dry_run, as_json=as_json)


def can_i_merge_command(
    pacticipant: Participant,
    version: Version = None,
    ignore: Ignore = None,
    retry_while_unknown: Retries = 0,
    retry_interval: Interval = 10.0,
    dry_run: DryRun = False,
    hub: HubUrl = None,
    as_json: AsJson = False,
) -> int:
    """Say whether a version fits the main branches. Exit code 0: yes; 1: no; 2: cannot tell."""
    access = hub_or_folder(hub, None)
    if access is None:
        raise UsageError("can-i-merge needs a hub: --hub, or PACT_BROKER_BASE_URL")
    ignored = tuple((name, None) for name in ignore or ())
    question = Question(pacticipant, version_of(version), main_branches=True, ignore=ignored)
    return _answer(access, question, retry_while_unknown, retry_interval, None, dry_run=dry_run, as_json=as_json)


def _answer(
    access: Access, question: Question, tries: int, interval: float, note: str | None, *, dry_run: bool, as_json: bool
) -> int:
    verdict = ask_at(access, decide, question, tries=tries, interval=interval)
    if as_json:
        print_json(verdict.to_json())
    else:
        print(render_verdict(verdict))
    if note:
        print(f"note: {note}", file=sys.stderr)
    return _code(fine=verdict.deployable is True, dry_run=dry_run)


def _from_folder(
    pacticipant: str,
    version: str | None,
    environment: str,
    pacts: Path,
    *,
    hub_only: dict[str, object],
    dry_run: bool,
    as_json: bool,
) -> int:
    given = [name for name, value in hub_only.items() if value]
    if given:
        raise UsageError(f"{given[0]} needs a hub: --hub, or PACT_BROKER_BASE_URL; a folder of pacts does not know")
    decision = can_i_deploy(ResultsFolder(pacts), pacticipant, folder_version(version), environment)
    if as_json:
        print_json(decision.to_json())
    else:
        print(render_decision(decision))
    return _code(fine=decision.deployable, dry_run=dry_run)


def _code(*, fine: bool, dry_run: bool) -> int:
    if dry_run and not fine:
        print("note: this is a dry run, so the exit code is 0", file=sys.stderr)
    return 0 if fine or dry_run else 1
