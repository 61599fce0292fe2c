"""``accord environment``: where versions are deployed to."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import typer

from accord.cli.hub_access import AsJson, HubUrl, ask_at, show, table, the_hub
from accord.hub.client import environments
from accord.hub.client.environments import Environment

CREATE_EXAMPLE = """Example:

    accord environment create --name production --production

    accord environment create --name production --production --require-evidence security-scan
"""
LIST_EXAMPLE = """Example:

    accord environment list --json
"""
DESCRIBE_EXAMPLE = """Example:

    accord environment describe --name production
"""
UPDATE_EXAMPLE = """Example:

    accord environment update --name production --require-evidence security-scan
"""
DELETE_EXAMPLE = """Example:

    accord environment delete --name staging
"""

Name = Annotated[str, typer.Option("--name", "--uuid", help="Its name or its UUID.")]
DisplayName = Annotated[str | None, typer.Option(help="Its name for people.")]
Evidence = Annotated[
    list[str] | None,
    typer.Option("--require-evidence", help="A check that a version needs to be deployed there; repeatable."),
]

group = typer.Typer(no_args_is_help=True, help="Environments: where versions are deployed to.")


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="environment")


@group.command("create", epilog=CREATE_EXAMPLE)
def create_command(
    name: Annotated[str, typer.Option(help="Its name: short, without spaces.")],
    display_name: DisplayName = None,
    production: Annotated[bool, typer.Option("--production/--no-production", help="Customers use it.")] = False,
    require_evidence: Evidence = None,
    hub: HubUrl = None,
    as_json: AsJson = False,
) -> None:
    """Make an environment."""
    wanted = Environment(name, display_name, production, tuple(require_evidence or ()))
    made = ask_at(the_hub(hub), environments.create_environment, wanted)
    show(_document(made), [f"Created the environment {made.name} ({made.uuid})."], as_json=as_json)


@group.command("list", epilog=LIST_EXAMPLE)
def list_command(hub: HubUrl = None, as_json: AsJson = False) -> None:
    """All environments."""
    found = ask_at(the_hub(hub), environments.all_environments)
    rows = [[each.name, each.display_name, _yes(each.production), each.uuid] for each in found]
    lines = table(["NAME", "DISPLAY NAME", "PRODUCTION", "UUID"], rows)
    show([_document(each) for each in found], lines if found else ["There are none."], as_json=as_json)


@group.command("describe", epilog=DESCRIBE_EXAMPLE)
def describe_command(name: Name, hub: HubUrl = None, as_json: AsJson = False) -> None:
    """One environment."""
    found = ask_at(the_hub(hub), environments.find_environment, name)
    lines = [
        f"name: {found.name}",
        f"display name: {found.display_name or '-'}",
        f"production: {_yes(found.production)}",
        f"required evidence: {', '.join(found.required_evidence) or '-'}",
        f"uuid: {found.uuid}",
    ]
    show(_document(found), lines, as_json=as_json)


@group.command("update", epilog=UPDATE_EXAMPLE)
def update_command(
    name: Name,
    new_name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    display_name: DisplayName = None,
    production: Annotated[bool | None, typer.Option("--production/--no-production", help="Customers use it.")] = None,
    require_evidence: Evidence = None,
    no_evidence: Annotated[bool, typer.Option("--no-evidence", help="Demand no checks any more.")] = False,
    hub: HubUrl = None,
    as_json: AsJson = False,
) -> None:
    """Change what is given of an environment; the rest stays."""
    access = the_hub(hub)
    before = ask_at(access, environments.find_environment, name)
    evidence = () if no_evidence else tuple(require_evidence or before.required_evidence)
    wanted = replace(
        before,
        name=new_name or before.name,
        display_name=display_name or before.display_name,
        production=before.production if production is None else production,
        required_evidence=evidence,
    )
    kept = ask_at(access, environments.update_environment, wanted)
    show(_document(kept), [f"Updated the environment {kept.name} ({kept.uuid})."], as_json=as_json)


@group.command("delete", epilog=DELETE_EXAMPLE)
def delete_command(name: Name, hub: HubUrl = None, as_json: AsJson = False) -> None:
    """Remove an environment, with what is recorded for it."""
    access = the_hub(hub)
    found = ask_at(access, environments.find_environment, name)
    ask_at(access, environments.delete_environment, found.uuid or "")
    show(_document(found), [f"Deleted the environment {found.name} ({found.uuid})."], as_json=as_json)


def _document(environment: Environment) -> dict[str, Any]:
    return {**environment.to_json(), "uuid": environment.uuid}


def _yes(value: bool) -> str:
    return "yes" if value else "no"
