"""What is recorded of deployments and releases: at a hub, or beside the pacts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accord.cli.hub_access import (
    AsJson,
    HubUrl,
    Pacts,
    Participant,
    Version,
    ask,
    ask_at,
    folder_version,
    hub_or_folder,
    show,
    version_of,
)
from accord.contract.results_folder import ResultsFolder
from accord.core.errors import UsageError
from accord.hub.client import environments

RECORD_EXAMPLE = """Example:

    accord record-deployment --pacticipant OrderService --version 2.3.1 --environment production

    accord record-deployment --pacticipant OrderService --version 2.3.1 --environment production --pacts contracts/
"""
UNDEPLOY_EXAMPLE = """Example:

    accord record-undeployment --pacticipant OrderService --environment test
"""
RELEASE_EXAMPLE = """Example:

    accord record-release --pacticipant MobileApp --version 4.1 --environment production
"""
SUPPORT_EXAMPLE = """Example:

    accord record-support-ended --pacticipant MobileApp --version 3.9 --environment production
"""

Where = Annotated[str, typer.Option("--environment", "--to", help="The environment.")]
Instance = Annotated[
    str | None, typer.Option("--application-instance", help="Which one, where several run side by side.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("record-deployment", epilog=RECORD_EXAMPLE)(record_deployment_command)
    app.command("record-undeployment", epilog=UNDEPLOY_EXAMPLE)(record_undeployment_command)
    app.command("record-release", epilog=RELEASE_EXAMPLE)(record_release_command)
    app.command("record-support-ended", epilog=SUPPORT_EXAMPLE)(record_support_ended_command)


def record_deployment_command(
    pacticipant: Participant,
    environment: Where,
    version: Version = None,
    instance: Instance = None,
    pacts: Pacts = None,
    hub: HubUrl = None,
    as_json: AsJson = False,
) -> None:
    """Note that a version now runs in an environment. It takes the place of the one before."""
    access = hub_or_folder(hub, pacts)
    if access is not None:
        number = version_of(version)
        ask_at(access, environments.record, "deployment", pacticipant, number, environment, instance=instance)
    elif instance is not None:
        raise UsageError("--application-instance needs a hub: --hub, or PACT_BROKER_BASE_URL")
    else:
        number = folder_version(version)
        ResultsFolder(pacts or Path("pacts")).record_deployment(pacticipant, number, environment)
    document = {"participant": pacticipant, "version": number, "environment": environment}
    which = f" as {instance}" if instance else ""
    show(document, [f"Recorded: {pacticipant} v{number} runs in {environment}{which}."], as_json=as_json)


def record_undeployment_command(
    pacticipant: Participant,
    environment: Where,
    instance: Instance = None,
    hub: HubUrl = None,
    as_json: AsJson = False,
) -> None:
    """Note that a participant runs somewhere no more."""
    ended = ask(hub, environments.end, "deployment", pacticipant, environment, instance=instance)
    document = {"participant": pacticipant, "environment": environment, "versions": ended}
    gone = f"{pacticipant} v{', v'.join(ended)}"
    show(document, [f"Recorded: {gone} does not run in {environment} any more."], as_json=as_json)


def record_release_command(
    pacticipant: Participant,
    environment: Where,
    version: Version = None,
    hub: HubUrl = None,
    as_json: AsJson = False,
) -> None:
    """Note that a version is released in an environment. It is supported beside the ones before."""
    number = version_of(version)
    ask(hub, environments.record, "release", pacticipant, number, environment)
    document = {"participant": pacticipant, "version": number, "environment": environment}
    show(document, [f"Recorded: {pacticipant} v{number} is released in {environment}."], as_json=as_json)


def record_support_ended_command(
    pacticipant: Participant,
    environment: Where,
    version: Version = None,
    hub: HubUrl = None,
    as_json: AsJson = False,
) -> None:
    """Note that a release is supported no more. Only in that environment."""
    ended = ask(hub, environments.end, "release", pacticipant, environment, version=version_of(version))
    document = {"participant": pacticipant, "environment": environment, "versions": ended}
    gone = f"{pacticipant} v{', v'.join(ended)}"
    show(document, [f"Recorded: {gone} is not supported in {environment} any more."], as_json=as_json)
