"""``accord can-i-deploy`` and ``accord record-deployment``, over the files beside the pacts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accord.cli.output import print_json
from accord.cli.versions import version_or_commit
from accord.contract.deployability import can_i_deploy, render_decision
from accord.contract.results_folder import ResultsFolder
from accord.core.errors import UsageError

EXAMPLE = """Example:

    accord can-i-deploy --pacticipant OrderService --version 2.3.1 --to production --pacts contracts/
"""
RECORD_EXAMPLE = """Example:

    accord record-deployment --pacticipant OrderService --version 2.3.1 --environment production --pacts contracts/
"""

Participant = Annotated[str, typer.Option("--pacticipant", "--participant", "-a", help="The participant to deploy.")]
Version = Annotated[
    str | None, typer.Option("--version", "-e", help="Its version; GIT_COMMIT or the commit at hand by default.")
]
Pacts = Annotated[Path, typer.Option(help="The folder with the pacts; the results are beside them.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("can-i-deploy", epilog=EXAMPLE)(can_i_deploy_command)
    app.command("record-deployment", epilog=RECORD_EXAMPLE)(record_deployment_command)


def can_i_deploy_command(
    pacticipant: Participant,
    version: Version = None,
    to: Annotated[str, typer.Option("--to", "--to-environment", help="The environment.")] = "production",
    pacts: Pacts = Path("pacts"),
    as_json: AsJson = False,
) -> int:
    """Say whether a version may be deployed. Exit code 0: yes; 1: no; 2: cannot tell."""
    decision = can_i_deploy(ResultsFolder(pacts), pacticipant, _version(version), to)
    if as_json:
        print_json(decision.to_json())
    else:
        print(render_decision(decision))
    return 0 if decision.deployable else 1


def record_deployment_command(
    pacticipant: Participant,
    environment: Annotated[str, typer.Option("--environment", "--to", help="The environment.")],
    version: Version = None,
    pacts: Pacts = Path("pacts"),
    as_json: AsJson = False,
) -> None:
    """Note that a version now runs in an environment."""
    deployed = _version(version)
    ResultsFolder(pacts).record_deployment(pacticipant, deployed, environment)
    if as_json:
        print_json({"participant": pacticipant, "version": deployed, "environment": environment})
    else:
        print(f"Recorded: {pacticipant} v{deployed} runs in {environment}.")


def _version(given: str | None) -> str:
    version = version_or_commit(given)
    if version is None:
        raise UsageError("which version? Give it with --version, or set GIT_COMMIT; here is no git commit either")
    return version
