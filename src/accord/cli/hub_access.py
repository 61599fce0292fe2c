"""What commands that ask a hub share: which hub, which version, how an answer is printed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, ParamSpec, TypeVar

import typer

from accord.cli.output import print_json
from accord.cli.versions import version_or_commit
from accord.core.configuration import load_configuration
from accord.core.errors import UsageError
from accord.hub.client.access import Access, find_access, need_access
from accord.hub.client.build import Build, find_build

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from accord.hub.client.conversation import Conversation
    from accord.hub.client.exchange import Steps

_NO_VERSION = "which version? Give it with --version, or set GIT_COMMIT; here is no git commit either"
T = TypeVar("T")
P = ParamSpec("P")

HubUrl = Annotated[
    str | None,
    typer.Option(
        "--hub", "--broker-base-url", "-b", metavar="URL", help="The hub; PACT_BROKER_BASE_URL or the configuration's."
    ),
]
Participant = Annotated[str, typer.Option("--pacticipant", "--participant", "-a", help="The participant.")]
Version = Annotated[
    str | None, typer.Option("--version", "-e", help="Its version; GIT_COMMIT or the commit at hand by default.")
]
Pacts = Annotated[
    Path | None, typer.Option(help="In place of a hub: the folder with the pacts; the results are beside them.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def project_access(url: str | None) -> Access | None:
    """The hub that is meant, by option, environment or the project's configuration; None where none is."""
    return find_access(url, table=load_configuration(Path.cwd()).hub)


def the_hub(url: str | None) -> Access:
    """The hub that is meant.

    Raises:
        UsageError: none is.
    """
    return need_access(project_access(url))


def ask(url: str | None, make: Callable[Concatenate[Conversation, P], Steps[T]], /, *args: P.args, **kw: P.kwargs) -> T:
    """Ask the hub that is meant: ``ask(url, environments.all_environments)``."""
    return ask_at(the_hub(url), make, *args, **kw)


def ask_at(
    access: Access, make: Callable[Concatenate[Conversation, P], Steps[T]], /, *args: P.args, **kw: P.kwargs
) -> T:
    """Ask a hub."""
    from accord.hub.client.shells import HubClient  # noqa: PLC0415 - httpx, which only commands that ask need

    with HubClient(access) as client:
        return client.run(make, *args, **kw)


def version_of(given: str | None) -> str:
    """The version given, else the commit that CI or git says.

    Raises:
        UsageError: there is none.
    """
    version = given or find_build().version
    if version is None:
        raise UsageError(_NO_VERSION)
    return version


def hub_or_folder(hub: str | None, pacts: Path | None) -> Access | None:
    """The hub that is meant; None where a folder is."""
    if hub is not None and pacts is not None:
        raise UsageError("--hub asks a hub, --pacts reads a folder; give one of them")
    return None if pacts is not None else project_access(hub)


def folder_version(given: str | None) -> str:
    """The version given, else GIT_COMMIT or git's short name of the commit.

    Raises:
        UsageError: there is none.
    """
    version = version_or_commit(given)
    if version is None:
        raise UsageError(_NO_VERSION)
    return version


def build_with(version: str | None, branch: str | None, url: str | None, *, detect: bool) -> Build:
    """What is given, and what CI or git says of the rest.

    Args:
        version: as given.
        branch: as given.
        url: as given.
        detect: whether the branch and the build's URL are looked for.
    """
    found = find_build()
    return Build(
        version or found.version,
        branch or (found.branch if detect else None),
        url or (found.url if detect else None),
        found.service,
        found.is_ci,
    )


def show(document: Any, lines: Sequence[str], *, as_json: bool) -> None:
    """A result, for programs or for people."""
    if as_json:
        print_json(document)
        return
    for line in lines:
        print(line)


def table(header: Sequence[str], rows: Sequence[Sequence[str | None]]) -> list[str]:
    """Columns as wide as their widest cell; a dash where there is nothing."""
    cells = [list(header), *([each or "-" for each in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
