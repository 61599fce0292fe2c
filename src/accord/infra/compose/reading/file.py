"""Reading a compose file and what it refers to: files it extends, files of variables. All that is read is read here."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accord.core.documents import read_text_file
from accord.core.errors import UsageError
from accord.infra.compose.variables import Variables, read_assignments
from accord.infra.compose.yaml_texts import read_yaml_texts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
_MAX_VARIABLES = 1_000_000  # bytes of a file of variables
_LONGEST_CHAIN = 20  # services that extend each other


@dataclass(frozen=True)
class ComposeFile:
    """What a compose file says.

    Attributes:
        path: where it is.
        top: its keys beside ``services``.
        services: by name, what it extends merged in; variables are not filled in yet.
        variables: for filling them in.
        env_files: by service, what its ``env_file`` sets.
    """

    path: Path
    top: Mapping[str, Any]
    services: Mapping[str, dict[str, Any]]
    variables: Variables
    env_files: Mapping[str, dict[str, str]] = field(default_factory=dict)


def find(folder: Path) -> Path:
    """The compose file of a folder, by its usual names.

    Raises:
        UsageError: there is none.
    """
    for name in NAMES:
        if (folder / name).is_file():
            return folder / name
    raise UsageError(f"there is no compose file in {folder.resolve()} ({', '.join(NAMES)}): name it")


def read(path: Path, environment: Mapping[str, str] | None = None) -> ComposeFile:
    """Read a compose file.

    Args:
        path: the file.
        environment: variables, which count more than those of ``.env`` beside the file; the process's by default.

    Raises:
        DocumentError: a file cannot be read.
        UsageError: it is no compose file, or refers to what is not there.
    """
    beside = path.parent / ".env"
    values = _assignments(beside) if beside.is_file() else {}
    variables = Variables(values | dict(os.environ if environment is None else environment))
    document = _document(path)
    services = {name: _extended(name, path, document["services"], variables, ()) for name in _services(document, path)}
    env_files = {
        name: _env_file(service["env_file"], path.parent, variables, f"services.{name}.env_file")
        for name, service in services.items()
        if service.get("env_file")
    }
    top = {key: value for key, value in document.items() if key != "services"}
    return ComposeFile(path, top, services, variables, env_files)


def _document(path: Path) -> dict[str, Any]:
    document = read_yaml_texts(path)
    if not isinstance(document, dict) or not isinstance(document.get("services"), dict) or not document["services"]:
        seen = f"its keys are {', '.join(document)}" if isinstance(document, dict) else "it is no mapping"
        raise UsageError(f"{path}: is no compose file: `services:` with at least one service was expected; {seen}")
    return document


def _services(document: dict[str, Any], path: Path) -> dict[str, dict[str, Any]]:
    for name, service in document["services"].items():
        if not isinstance(service, dict):
            raise UsageError(f"{path}: services.{name}: expected keys such as image and ports, seen {service!r}")
    services: dict[str, dict[str, Any]] = document["services"]
    return services


def _extended(
    name: str, path: Path, services: dict[str, Any], variables: Variables, chain: tuple[tuple[Path, str], ...]
) -> dict[str, Any]:
    """The service with all that it extends."""
    where = f"{path}: services.{name}"
    if (path.resolve(), name) in chain or len(chain) > _LONGEST_CHAIN:
        raise UsageError(f"{where}: extends itself, by way of {', '.join(each for _, each in chain)}")
    service = services.get(name)
    if not isinstance(service, dict):
        raise UsageError(f"{where}: is extended, and is no service of that file; it has {', '.join(services)}")
    wanted = variables.fill(service.get("extends"), f"{where}.extends")
    own = {key: value for key, value in service.items() if key != "extends"}
    if wanted is None:
        return own
    wanted = {"service": wanted} if isinstance(wanted, str) else wanted
    if not isinstance(wanted, dict) or not isinstance(wanted.get("service"), str) or set(wanted) - {"service", "file"}:
        raise UsageError(f"{where}.extends: expected service: NAME and perhaps file: FILE, seen {wanted!r}")
    other, others = path, services
    if wanted.get("file"):
        other = path.parent / wanted["file"]
        others = _services(_document(other), other)
    base = _extended(wanted["service"], other, others, variables, (*chain, (path.resolve(), name)))
    return merge({key: value for key, value in base.items() if key != "depends_on"}, own)


def merge(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Two services as Compose merges them: mappings by key, lists one after the other, the rest replaced."""
    merged = {**base, **own}
    for key in base.keys() & own.keys():
        first, second = base[key], own[key]
        if key == "environment":
            merged[key] = {**_by_name(first), **_by_name(second)}
        elif isinstance(first, dict) and isinstance(second, dict):
            merged[key] = merge(first, second)
        elif isinstance(first, list) and isinstance(second, list) and key != "command":
            merged[key] = [*first, *(each for each in second if each not in first)]
    return merged


def _by_name(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    pairs = [str(each).partition("=") for each in value or []]
    return {name: text if sign else None for name, sign, text in pairs}


def _env_file(value: Any, folder: Path, variables: Variables, where: str) -> dict[str, str]:
    found: dict[str, str] = {}
    filled = variables.fill(value, where)
    for each in filled if isinstance(filled, list) else [filled]:
        entry = {"path": each} if isinstance(each, str) else each
        if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
            raise UsageError(f"{where}: expected a file or a list of files, seen {each!r}")
        path = folder / entry["path"]
        if entry.get("required") == "false" and not path.exists():
            continue
        found |= _assignments(path)
    return found


def _assignments(path: Path) -> dict[str, str]:
    return read_assignments(read_text_file(path, max_bytes=_MAX_VARIABLES), source=str(path))
