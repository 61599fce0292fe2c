"""What one service of a compose file asks for, taken apart: before anybody knows what a server makes of it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accord.core.errors import UsageError
from accord.infra.compose.reading.mounts import Mount, read_mounts
from accord.infra.compose.reading.ports import Mapping, read_ports

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path, PurePosixPath

    from accord.infra.compose.images import Image
    from accord.infra.compose.remarks import Remarks
    from accord.infra.compose.variables import Variables


@dataclass
class Asked:
    """One service; whoever makes a server of it takes what it understands, and the rest is remarked upon.

    Attributes:
        name: its name.
        image: its image.
        remarks: what is said about it.
        environment: its variables.
        command: what the image is to be started with, in words.
        mounts: what is mounted.
        ports: which ports of this machine lead to it.
        after: the services it waits for.
    """

    name: str
    image: Image
    remarks: Remarks
    environment: dict[str, str] = field(default_factory=dict)
    command: list[str] = field(default_factory=list)
    mounts: list[Mount] = field(default_factory=list)
    ports: list[Mapping] = field(default_factory=list)
    after: tuple[str, ...] = ()

    def note(self, key: str, text: str) -> None:
        self.remarks.note(self.name, key, text)

    def refuse(self, key: str, text: str) -> None:
        self.remarks.refuse(self.name, key, text)

    def take(self, *names: str) -> str:
        """The value of the first of these variables that is set, else an empty text; all of them are done with."""
        values = [self.environment.pop(name, "") for name in names]
        return next((value for value in values if value), "")

    def refuse_variables(self, hint: str) -> None:
        """Refuse what is left of the variables."""
        for name in self.environment:
            self.refuse(f"environment.{name}", f"nothing here stands for it; {hint}")

    def take_mounts(self, *data: PurePosixPath) -> str:
        """Where the data are to lie; all mounts are done with.

        Args:
            data: where the image keeps its data.
        """
        in_memory = False
        for mount in self.mounts:
            holds_data = any(each.is_relative_to(mount.target) for each in data)
            if mount.kind == "tmpfs" and holds_data:
                in_memory = True
            elif mount.kind == "tmpfs":
                self.note("tmpfs", f"{mount.target} is not needed: the server's own files lie elsewhere")
            elif holds_data:
                self.note("volumes", f"what is kept in {mount.target} lasts until `accord env down`, not longer")
            else:
                self.refuse("volumes", f"{mount.target} is not there for the server: say settings in `command`")
        return "auto" if in_memory else "disk"

    def take_port(self, inside: int) -> int | None:
        """The port of this machine that leads to this port inside; None where none does.

        Raises:
            UsageError: two do.
        """
        found = [each for each in self.ports if each.inside == inside]
        self.ports = [each for each in self.ports if each.inside != inside]
        if len(found) > 1:
            raise UsageError(
                f"services.{self.name}.ports: {inside} has {len(found)} ports of this machine; a server here has one"
            )
        return found[0].outside if found else None

    def refuse_ports(self, served: Collection[int]) -> None:
        """Refuse what is left of the ports.

        Args:
            served: the ports inside that lead somewhere.
        """
        for each in self.ports:
            self.refuse(
                "ports", f"nothing here is behind port {each.inside}; what is there: {', '.join(map(str, served))}"
            )


def read_asked(
    name: str, image: Image, service: dict[str, Any], *, variables: Variables, env_file: dict[str, str], folder: Path,
    remarks: Remarks,
) -> Asked:  # fmt: skip
    """Take a service apart.

    Args:
        name: its name.
        image: its image.
        service: as the file has it, with variables filled in.
        variables: for those of ``environment`` that are passed on.
        env_file: what its ``env_file`` sets.
        folder: what paths are relative to.
        remarks: where to put what is to be said.

    Raises:
        UsageError: a key holds something it cannot hold.
    """
    where = f"services.{name}"
    return Asked(
        name=name,
        image=image,
        remarks=remarks,
        environment={**env_file, **_environment(service.get("environment"), variables, f"{where}.environment")},
        command=_words(service.get("command"), f"{where}.command"),
        mounts=read_mounts(service.get("volumes"), service.get("tmpfs"), folder=folder, where=where),
        ports=read_ports(service.get("ports") or [], service=name, where=f"{where}.ports", remarks=remarks),
        after=_after(service.get("depends_on"), f"{where}.depends_on"),
    )


def _environment(value: Any, variables: Variables, where: str) -> dict[str, str]:
    if value is None:
        return {}
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        pairs = [each.partition("=") for each in value]
        given: dict[str, str | None] = {name: text if sign else None for name, sign, text in pairs}
    elif isinstance(value, dict) and not any(isinstance(each, dict | list) for each in value.values()):
        given = value
    else:
        raise UsageError(f"{where}: expected NAME: value for each variable")  # not what was seen: passwords
    passed_on = {name: variables.values.get(name) if text is None else text for name, text in given.items()}
    return {name: text for name, text in passed_on.items() if text is not None}


def _words(value: Any, where: str) -> list[str]:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return value
    if not isinstance(value, str | None):
        raise UsageError(f"{where}: expected a text or a list of texts, seen {value!r}")
    try:
        return shlex.split(value or "")
    except ValueError as error:
        raise UsageError(f"{where}: {value!r} cannot be taken apart: {error}") from None


def _after(value: Any, where: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, dict):
        for name, each in value.items():
            if isinstance(each, dict) and each.get("condition") == "service_completed_successfully":
                raise UsageError(
                    f"{where}.{name}: waits until that service has done its work; servers here run until they are "
                    "ended. For PostgreSQL put the work into /docker-entrypoint-initdb.d"
                )
        return tuple(value)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise UsageError(f"{where}: expected a list of services, seen {value!r}")
    return tuple(value)
