"""A compose file in containers, by Docker's own command, where an engine answers. Unproven where none does."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

from accord.core.errors import ResourceError, ResourceMissingError
from accord.infra import containers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_NOTE = ".docker.json"  # in the folder of environments: which are Docker's
_TIMEOUT = 900.0  # seconds; images may have to be pulled


def up(project: Path, name: str, file: Path, services: Sequence[str], profiles: Sequence[str]) -> None:
    """Bring it up and wait until it is healthy.

    Raises:
        ResourceMissingError: there is no Docker, or no engine answers.
        ResourceError: Docker says why not.
    """
    if shutil.which("docker") is None:
        raise ResourceMissingError("there is no `docker` on PATH: install Docker, or go without --docker")
    if problem := containers.ping_problem():
        raise ResourceMissingError(f"--docker cannot be had: {problem}. Start Docker, or go without --docker.")
    options = [word for profile in profiles for word in ("--profile", profile)]
    known = _known(project)
    known[name] = str(file.absolute())
    _note(project, known)  # first: what is half up must be found by `down`
    _run(name, file, [*options, "up", "--detach", "--wait", *services])


def down(project: Path, name: str | None) -> list[str]:
    """End what Docker runs for the project; the names of what is gone now."""
    known = _known(project)
    chosen = [each for each in known if name is None or each == name]
    for each in chosen:
        _run(each, known[each], ["down", "--volumes", "--remove-orphans"])
        del known[each]
    if chosen:
        _note(project, known)
    return chosen


def statuses(project: Path, name: str | None) -> list[dict[str, Any]]:
    """As ``accord env status --json`` prints them."""
    found = []
    for each, file in _known(project).items():
        if name is None or each == name:
            lines = _run(each, file, ["ps", "--all", "--format", "json"]).splitlines()
            rows = [row for line in lines if line.strip() for row in _rows(json.loads(line))]
            found += [_status(each, row) for row in rows]
    return found


def logs(project: Path, name: str | None, service: str | None, lines: int | None) -> str:
    """What the containers have logged."""
    words = ["logs", "--no-color", *(["--tail", str(lines)] if lines else []), *([service] if service else [])]
    return "".join(_run(each, file, words) for each, file in _known(project).items() if name is None or each == name)


def _rows(document: Any) -> list[dict[str, Any]]:
    return document if isinstance(document, list) else [document]  # one list, or one row a line, by Docker's version


def _status(name: str, row: dict[str, Any]) -> dict[str, Any]:
    state, health = row.get("State", ""), row.get("Health") or "healthy"
    ready = state == "running" and health == "healthy"
    published = [each for each in row.get("Publishers") or () if each.get("PublishedPort")]
    return {
        "environment": name,
        "name": row.get("Service"),
        "resource": "container",
        "version": None,
        "origin": f"image {row.get('Image')}",
        "asked_for": row.get("Image"),
        "url": f"localhost:{published[0]['PublishedPort']}" if published else None,
        "pid": None,
        "ready": ready,
        "problem": None if ready else f"{state}, {health}",
    }


def _run(name: str, file: Path | str, words: Sequence[str]) -> str:
    project = re.sub(r"[^a-z0-9_-]", "-", name.lower())  # Docker allows no others
    command = ["docker", "compose", "--project-name", project, "--file", str(file), *words]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=_TIMEOUT, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ResourceError(f"`{' '.join(command)}` did not end well: {error}") from error
    if done.returncode:
        raise ResourceError(f"`{' '.join(command)}` ended with {done.returncode}:\n{done.stderr.strip()}")
    return done.stdout


def _known(project: Path) -> dict[str, str]:
    try:
        known: dict[str, str] = json.loads(_path(project).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return known


def _note(project: Path, known: dict[str, str]) -> None:
    path = _path(project)
    if known:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(known), encoding="utf-8")
    else:
        path.unlink(missing_ok=True)


def _path(project: Path) -> Path:
    return project.absolute() / ".accord" / "env" / _NOTE
