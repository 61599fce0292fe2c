"""``accord participant``: the applications that have contracts with each other."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from accord.cli.hub_access import AsJson, HubUrl, ask, show, table
from accord.hub.client import participants
from accord.hub.client.participants import Participant

CREATE_EXAMPLE = """Example:

    accord participant create --name OrderService --main-branch main
"""
LIST_EXAMPLE = """Example:

    accord participant list
"""
DESCRIBE_EXAMPLE = """Example:

    accord participant describe --name OrderService
"""
DELETE_EXAMPLE = """Example:

    accord participant delete --name OldService
"""
LABEL_EXAMPLE = """Example:

    accord participant label --name OrderService --label team-checkout

    accord participant label --name OrderService --label team-checkout --remove
"""

Name = Annotated[str, typer.Option(help="Its name, as the contracts have it.")]

group = typer.Typer(no_args_is_help=True, help="Participants: who has contracts with whom.")


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="participant")


@group.command("create", epilog=CREATE_EXAMPLE)
def create_command(
    name: Name,
    display_name: Annotated[str | None, typer.Option(help="Its name for people.")] = None,
    main_branch: Annotated[str | None, typer.Option(help="The main branch of its repository.")] = None,
    repository_url: Annotated[str | None, typer.Option(help="Where its code is.")] = None,
    hub: HubUrl = None,
    as_json: AsJson = False,
) -> None:
    """Make a participant, or change what is given of it. Publishing makes participants too."""
    wanted = Participant(name, display_name, main_branch, repository_url)
    kept, created = ask(hub, participants.keep_participant, wanted)
    verb = "Created" if created else "Updated"
    show(_document(kept), [f"{verb} the participant {kept.name}."], as_json=as_json)


@group.command("list", epilog=LIST_EXAMPLE)
def list_command(hub: HubUrl = None, as_json: AsJson = False) -> None:
    """All participants."""
    found = ask(hub, participants.all_participants)
    lines = table(["NAME", "MAIN BRANCH", "LABELS"], [_row(each) for each in found])
    show([_document(each) for each in found], lines if found else ["There are none."], as_json=as_json)


@group.command("describe", epilog=DESCRIBE_EXAMPLE)
def describe_command(name: Name, hub: HubUrl = None, as_json: AsJson = False) -> None:
    """One participant."""
    found = ask(hub, participants.find_participant, name)
    lines = [
        f"name: {found.name}",
        f"display name: {found.display_name or '-'}",
        f"main branch: {found.main_branch or '-'}",
        f"repository: {found.repository_url or '-'}",
        f"labels: {', '.join(found.labels) or '-'}",
    ]
    show(_document(found), lines, as_json=as_json)


@group.command("delete", epilog=DELETE_EXAMPLE)
def delete_command(name: Name, hub: HubUrl = None, as_json: AsJson = False) -> None:
    """Remove a participant with its contracts, versions and results."""
    ask(hub, participants.delete_participant, name)
    show({"deleted": name}, [f"Deleted the participant {name} with its contracts and results."], as_json=as_json)


@group.command("label", epilog=LABEL_EXAMPLE)
def label_command(
    name: Name,
    label: Annotated[str, typer.Option(help="The label.")],
    remove: Annotated[bool, typer.Option("--remove", help="Take it away.")] = False,
    hub: HubUrl = None,
    as_json: AsJson = False,
) -> None:
    """Give a participant a label, by which webhooks may choose it."""
    ask(hub, participants.label_participant, name, label, remove=remove)
    done = "has the label no more" if remove else "has the label"
    show({"name": name, "label": label, "removed": remove}, [f"{name} {done}: {label}."], as_json=as_json)


def _row(participant: Participant) -> list[str | None]:
    return [participant.name, participant.main_branch, ", ".join(participant.labels)]


def _document(participant: Participant) -> dict[str, Any]:
    return {**participant.to_json(), "labels": list(participant.labels)}
