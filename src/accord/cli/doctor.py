"""``accord doctor``: what is here, which provider each server would have, and what to do for the rest."""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accord.cli.output import coloured, print_json
from accord.core.configuration import load_configuration

if TYPE_CHECKING:
    from accord.infra.survey import Option, Outlook

EXAMPLE = """Example:

    accord doctor --strict
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor", epilog=EXAMPLE)(doctor)


def doctor(
    project: Annotated[Path, typer.Option(metavar="FOLDER", help="The project.")] = Path(),
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Fail, too, where a version differs from production's or the one asked for."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> int:
    """Say which servers tests would get, and what to do.

    For each: its provider, its version, what else is here, and what is in the way. Starts and fetches nothing.
    Exit code 1 where a server that the project configures cannot be had.
    """
    from accord.infra.settings import RESOURCES, ServerSettings  # noqa: PLC0415 - needed here alone
    from accord.infra.survey import look  # noqa: PLC0415 - the same

    configuration = load_configuration(project)
    outlooks = [
        look(
            resource,
            ServerSettings.read(resource, getattr(configuration, resource)),
            refused_hosts=configuration.refused_hosts,
        )
        for resource in RESOURCES
    ]
    failed = [each for each in outlooks if _fails(each, strict=strict)]
    if as_json:
        print_json(
            {
                "python": platform.python_version(),
                "platform": f"{sys.platform} {platform.machine()}",
                "servers": [each.to_json() for each in outlooks],
                "ok": not failed,
            }
        )
    else:
        print(f"Python {platform.python_version()}, {sys.platform} {platform.machine()}\n")
        for each in outlooks:
            print(coloured(_render(each)))
    return 1 if failed else 0


def _fails(outlook: Outlook, *, strict: bool) -> bool:
    if outlook.chosen.problem is not None:
        return outlook.is_configured
    return strict and bool(outlook.notes)


def _render(outlook: Outlook) -> str:
    mark = "✓" if outlook.chosen.problem is None else "✗" if outlook.is_configured else "○"
    lines = [f"{mark} {outlook.resource:9} {_told(outlook.chosen)}"]
    lines += [f"            ○ {note}" for note in outlook.notes]
    lines += [f"            or {_told(each)}" for each in outlook.others]
    return "\n".join(lines)


def _told(option: Option) -> str:
    if option.problem is not None:
        return f"{option.provider}: {option.problem}"
    parts = [option.provider, option.version or "", f"({option.origin})" if option.origin else ""]
    return " ".join(part for part in parts if part)
