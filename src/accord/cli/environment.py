"""``accord env``: the servers of a compose file, up without containers until they are taken down."""
# What accord env does needs Unix, and Windows must still get the other commands: its modules are imported when used.
# ruff: noqa: PLC0415

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from accord.cli.output import coloured, print_json
from accord.core.configuration import load_configuration
from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accord.infra.compose.environments import Up
    from accord.infra.compose.plan import Plan
    from accord.infra.compose.remarks import Remark

UP_EXAMPLE = """Examples:

    accord env up docker-compose.test.yml

    accord env up --without web --ignore cache.command

    eval "$(accord env up --export)"
"""
STATUS_EXAMPLE = """Example:

    accord env status --json
"""
LOGS_EXAMPLE = """Example:

    accord env logs test-db --lines 20
"""
DOWN_EXAMPLE = """Example:

    accord env down
"""
_QUIET = 2.0  # seconds without a word
_COLUMNS = ("name", "resource", "version", "asked for", "url", "pid", "ready")

group = typer.Typer(no_args_is_help=True, help="Bring a compose file up without containers.")

Project = Annotated[Path, typer.Option(metavar="FOLDER", help="The project, which has the state in .accord/env.")]
Name = Annotated[str | None, typer.Option(metavar="NAME", help="The environment.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="env")


@group.callback()
def _environment() -> None:
    """Bring a compose file up without containers."""
    if sys.platform == "win32":
        raise UsageError("environments run on Linux and macOS, not on Windows: use WSL there")


@group.command(epilog=UP_EXAMPLE)
def up(
    file: Annotated[Path | None, typer.Argument(help="The compose file; else the project's compose.yaml.")] = None,
    services: Annotated[list[str] | None, typer.Argument(help="Only these, and what they depend on.")] = None,
    *,
    name: Annotated[
        str | None, typer.Option(help="What to call it; else the file's `name`, else the file's own.")
    ] = None,
    without: Annotated[list[str] | None, typer.Option(metavar="SERVICE", help="Leave it out.")] = None,
    profile: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Its services too.")] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="KEY", help="Go without KEY or SERVICE.KEY.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse another product or major version.")] = False,
    docker: Annotated[bool, typer.Option("--docker", help="In containers, where an engine answers.")] = False,
    export: Annotated[
        bool, typer.Option("--export", help="Print `export NAME=URL` lines, passwords included.")
    ] = False,
    project: Project = Path(),
    as_json: AsJson = False,
) -> None:
    """Bring the servers of a compose file up. They stay until `accord env down`. Twice is as good as once.

    Everything that is not as the file has it is said. What would change its meaning is refused, with exit code 2.
    """
    from accord.infra.compose.plan import Plan
    from accord.infra.compose.reading import file as files
    from accord.infra.compose.reading import planning
    from accord.infra.settings import ServerSettings

    compose = files.read(file or files.find(project))
    if docker:
        _up_in_containers(compose.path, planning.environment_name(compose, name), services, profile, project, as_json)
        return
    settings = ServerSettings.read("kafka", load_configuration(project).kafka)
    wishes = planning.Wishes(
        name=name,
        only=tuple(services or ()),
        without=tuple(without or ()),
        profiles=tuple(profile or ()),
        ignored=frozenset(ignore or ()),
        kafka="apache" if settings.provider == "apache" else "tansu",
    )
    plan = planning.make_plan(compose, wishes)
    found, remarks = _bring_up(plan, project, strict=strict, to=sys.stderr)
    actual = Plan(plan.name, plan.source, tuple(each.service for each in found.state.services))
    if as_json:
        print_json(_document(found, remarks, project, actual))
        return
    print(_told(found), file=sys.stderr)
    if export:
        for variable, url in actual.exports().items():
            print(f"export {variable}={shlex.quote(url)}")
    else:
        _print_status(project, plan.name)


def _bring_up(plan: Plan, project: Path, *, strict: bool, to: TextIO) -> tuple[Up, list[Remark]]:
    """Bring it up; what is not as the file has it is said before that."""
    from accord.infra.compose import environments, substitutes
    from accord.infra.compose.remarks import Remark

    found = substitutes.find_all(plan.services, strict=strict)
    remarks = [*plan.remarks, *(each.remark for each in found if each.is_other)]
    for each in remarks:
        print(f"note: {each}", file=to, flush=True)
    told = [_QUIET]

    def on_wait(left: list[str], seconds: float) -> None:
        if seconds >= told[-1]:
            told.append(told[-1] * 1.5)
            print(f"… {seconds:.0f} s, waiting for {', '.join(left)}", file=to, flush=True)

    result = environments.bring_up(project, plan, found, on_wait=on_wait)
    for record in filter(environments.is_on_disk, result.state.services):
        remarks.append(Remark(record.service.name, "tmpfs", "its data are on disk: /dev/shm has less than 256 MB free"))
        print(f"note: {remarks[-1]}", file=to)
    return result, remarks


def _told(found: Up) -> str:
    if not found.was_up:
        return f"{found.state.name} is up."
    back = f" Brought back: {', '.join(found.brought_back)}." if found.brought_back else ""
    return f"{found.state.name} is up already.{back}"


def _document(found: Up, remarks: Sequence[Remark], project: Path, plan: Plan) -> dict[str, Any]:
    from accord.infra.compose import environments

    return {
        "environment": found.state.name,
        "was_up": found.was_up,
        "brought_back": list(found.brought_back),
        "remarks": [{"service": each.service, "key": each.key, "text": each.text} for each in remarks],
        "services": [each.to_json() for each in environments.statuses(project, plan.name)],
    }


def _up_in_containers(
    file: Path, name: str, services: list[str] | None, profiles: list[str] | None, project: Path, as_json: bool
) -> None:
    from accord.infra.compose import docker as containers

    containers.up(project, name, file, services or [], profiles or [])
    if as_json:
        print_json({"environment": name, "services": containers.statuses(project, name)})
    else:
        _print_rows(containers.statuses(project, name))


@group.command(epilog=STATUS_EXAMPLE)
def status(*, name: Name = None, project: Project = Path(), as_json: AsJson = False) -> int:
    """Show which servers are up, where, and whether they are ready. Exit code 1 where one is not."""
    rows = _rows(project, name)
    if as_json:
        print_json({"services": rows})
    elif rows:
        _print_rows(rows)
    else:
        print("nothing is up here", file=sys.stderr)
    return 0 if all(each["ready"] for each in rows) else 1


def _rows(project: Path, name: str | None) -> list[dict[str, Any]]:
    from accord.infra.compose import docker as containers
    from accord.infra.compose import environments

    return [
        *(each.to_json() for each in environments.statuses(project, name)),
        *containers.statuses(project, name),
    ]


def _print_status(project: Path, name: str) -> None:
    _print_rows([each for each in _rows(project, name) if each["environment"] == name])


def _print_rows(rows: list[dict[str, Any]]) -> None:
    several = len({each["environment"] for each in rows}) > 1
    lines = [_COLUMNS, *(_cells(each, several=several) for each in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_COLUMNS))]
    for line in lines:
        print(coloured("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()))


def _cells(row: dict[str, Any], *, several: bool) -> tuple[str, ...]:
    name = f"{row['environment']}/{row['name']}" if several else row["name"]
    ready = "✓" if row["ready"] else f"✗ {row['problem']}"
    shown = (row["resource"], row["version"] or "", row["asked_for"], row["url"] or "", str(row["pid"] or "-"))
    return (name, *shown, ready)


@group.command(epilog=LOGS_EXAMPLE)
def logs(
    service: Annotated[str | None, typer.Argument(help="Only this service's.")] = None,
    *,
    lines: Annotated[int | None, typer.Option(min=1, metavar="N", help="Only the last N of each service.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as they come; Ctrl-C ends it.")] = False,
    name: Name = None,
    project: Project = Path(),
) -> None:
    """Print what the servers have logged."""
    from accord.infra.compose import docker as containers
    from accord.infra.compose import environments
    from accord.infra.compose import logs as logging

    known = environments.records(project, name)
    in_containers = containers.statuses(project, name)
    if service is None or service not in {each["name"] for each in in_containers}:
        chosen = logging.choose(known, service)
        for line in logging.read_lines(chosen, last=lines, follow=follow):
            print(line, flush=follow)
    if in_containers:
        if follow:
            raise UsageError(
                "--follow reads the logs of servers alone, not of containers: docker compose logs --follow"
            )
        print(containers.logs(project, name, service, lines), end="")


@group.command(epilog=DOWN_EXAMPLE)
def down(*, name: Name = None, project: Project = Path(), as_json: AsJson = False) -> None:
    """End environments and remove all they have made.

    All of the project, or the one that is named; safe when none is up.
    """
    from accord.infra.compose import docker as containers
    from accord.infra.compose import environments

    gone = [*environments.take_down(project, name), *containers.down(project, name)]
    if as_json:
        print_json({"down": gone})
    else:
        print("\n".join(f"{each} is down." for each in gone) or "nothing was up here")
