"""``accord evidence``: checks attached to a version, which an environment may demand."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from accord.cli.hub_access import AsJson, HubUrl, Participant, Version, ask, show, table, version_of
from accord.core.errors import UsageError
from accord.hub.client import evidence as client

ADD_EXAMPLE = """Example:

    accord evidence add security-scan --pacticipant OrderService --version 2.3.1 --ok --url https://ci.example.org/7

    accord evidence add load-test --pacticipant OrderService --version 2.3.1 --failed --details '{"p95": 812}'
"""
LIST_EXAMPLE = """Example:

    accord evidence list --pacticipant OrderService --version 2.3.1
"""

group = typer.Typer(no_args_is_help=True, help="Evidence: any check attached to a version.")


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="evidence")


@group.command("add", epilog=ADD_EXAMPLE)
def add_command(
    name: Annotated[str, typer.Argument(help="The check's name.")],
    pacticipant: Participant,
    ok: Annotated[bool, typer.Option("--ok/--failed", help="Whether it passed.")],
    version: Version = None,
    url: Annotated[str | None, typer.Option(help="Where to read more.")] = None,
    details: Annotated[str | None, typer.Option(help="A JSON object with whatever else is to be kept.")] = None,
    hub: HubUrl = None,
    as_json: AsJson = False,
) -> None:
    """Attach a check to a version, or replace it. An environment may demand it before can-i-deploy says yes."""
    number = version_of(version)
    kept = ask(hub, client.add_evidence, pacticipant, number, client.Evidence(name, ok, url, _details(details)))
    what = "passed" if ok else "failed"
    show(kept, [f"Kept: {name} {what} for {pacticipant} v{number}."], as_json=as_json)


@group.command("list", epilog=LIST_EXAMPLE)
def list_command(
    pacticipant: Participant, version: Version = None, hub: HubUrl = None, as_json: AsJson = False
) -> None:
    """The checks of a version."""
    found = ask(hub, client.evidence_of, pacticipant, version_of(version))
    rows = [[str(each.get("name")), "passed" if each.get("success") else "failed", each.get("url")] for each in found]
    shown = [{name: value for name, value in each.items() if name != "_links"} for each in found]
    show(shown, table(["CHECK", "RESULT", "URL"], rows) if found else ["There are none."], as_json=as_json)


def _details(text: str | None) -> dict[str, object]:
    if text is None:
        return {}
    try:
        details = json.loads(text)
    except ValueError as error:
        raise UsageError(f"--details is not JSON: {error}") from None
    if not isinstance(details, dict):
        raise UsageError(f'--details: expected a JSON object such as {{"p95": 812}}, seen {text!r}')
    return details
