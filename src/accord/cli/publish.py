"""``accord publish``: contracts to a hub."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accord.cli.hub_access import AsJson, HubUrl, ask_at, build_with, show, the_hub
from accord.core.errors import UsageError
from accord.hub.client.errors import HubConflictError
from accord.hub.client.publishing import Publication, publish, read_pact_files

EXAMPLE = """Example:

    accord publish pacts --hub https://hub.example.org

    accord publish pacts --consumer-app-version 2.3.1 --branch main --tag release
"""
_CONFLICT = (
    "publish changed contracts under a version of their own (a commit is one), or add interactions to this version "
    "with --merge"
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("publish", epilog=EXAMPLE)(publish_command)


def publish_command(
    pacts: Annotated[
        list[Path] | None, typer.Argument(help="Pact files and folders of them; the folder pacts by default.")
    ] = None,
    version: Annotated[
        str | None,
        typer.Option(
            "--consumer-app-version", "--version", "-a", help="The consumer's version; the commit by default."
        ),
    ] = None,
    branch: Annotated[str | None, typer.Option(help="Its branch; what CI or git says by default.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", "-t", help="A tag of the version; repeatable.")] = None,
    build_url: Annotated[str | None, typer.Option(help="The URL of the build; what CI says by default.")] = None,
    detect: Annotated[
        bool,
        typer.Option(
            "--auto-detect-version-properties/--no-auto-detect-version-properties",
            help="Take the branch and the build's URL from CI or git.",
        ),
    ] = True,
    merge: Annotated[
        bool, typer.Option("--merge", help="Add to what this version has already, as several test jobs do.")
    ] = False,
    hub: HubUrl = None,
    as_json: AsJson = False,
) -> int:
    """Publish contracts to a hub. Exit code 0: published; 1: the version has other content already; 2: cannot."""
    access = the_hub(hub)
    files = read_pact_files(pacts or [Path("pacts")])
    build = build_with(version, branch, build_url, detect=detect)
    if build.version is None:
        raise UsageError("which version? Give it with --consumer-app-version; here is no commit of CI or git")
    publication = Publication(build.version, build.branch, tuple(tag or ()), build.url, merge)
    try:
        published = ask_at(access, publish, files, publication)
    except HubConflictError as error:
        show({"published": False, "error": str(error)}, [f"✗ {error}", f"  {_CONFLICT}"], as_json=as_json)
        return 1
    document = {
        "published": True,
        "version": publication.version,
        "branch": publication.branch,
        "tags": list(publication.tags),
        "contracts": [{"consumer": each.consumer, "provider": each.provider} for each in files],
        "notices": [{"type": kind, "text": text} for each in published for kind, text in each.notices],
    }
    marks = {"success": "✓ ", "error": "✗ ", "warning": "○ "}
    lines = [f"{marks.get(kind, '')}{text}" for each in published for kind, text in each.notices]
    show(document, lines or [f"✓ {len(files)} contracts published"], as_json=as_json)
    return 0
