"""The configuration: ``[tool.accord]`` in pyproject.toml or accord.toml, overridden by ACCORD_… in the environment."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from accord.core.errors import DocumentError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Configuration:
    """Every key with its default; ``help`` in a field's metadata is what the documentation says of it."""

    pact_directory: str = field(
        default="pacts",
        metadata={"help": "Folder of the pact files that the `pact` fixture writes, relative to the project."},
    )


def load_configuration(root: Path, environment: Mapping[str, str] | None = None) -> Configuration:
    """Read the configuration of a project.

    Args:
        root: the project's folder.
        environment: the environment; the process's own by default.

    Raises:
        UsageError: an unknown key (the nearest name is given), a wrong type, or both files at once.
        DocumentError: a file is not TOML.
    """
    values, source = _from_files(root)
    _refuse_unknown(values, source)
    variables = os.environ if environment is None else environment
    for each in fields(Configuration):
        variable = f"ACCORD_{each.name.upper()}"
        if variable in variables:
            values[each.name] = variables[variable]
            source = f"the environment variable {variable}"
        if each.name in values and not isinstance(values[each.name], str):
            raise UsageError(f"{source}: {each.name} must be a text, seen {values[each.name]!r}")
    return Configuration(**values)


def describe_keys() -> str:
    """The table of all keys in Markdown, as docs/configuration.md holds it."""
    lines = ["| key | environment | default | meaning |", "|---|---|---|---|"]
    lines += [
        f"| `{each.name}` | `ACCORD_{each.name.upper()}` | `{each.default}` | {each.metadata['help']} |"
        for each in fields(Configuration)
    ]
    return "\n".join(lines)


def _from_files(root: Path) -> tuple[dict[str, Any], str]:
    project, own = root / "pyproject.toml", root / "accord.toml"
    section = _section(project) if project.is_file() else {}
    if own.is_file():
        if section:
            raise UsageError(f"both {project} ([tool.accord]) and {own} configure Accord; keep one of them")
        return _toml(own), str(own)
    return dict(section), f"{project} [tool.accord]"


def _section(project: Path) -> dict[str, Any]:
    tools = _toml(project).get("tool", {})
    section = tools.get("accord", {}) if isinstance(tools, dict) else {}
    if not isinstance(section, dict):
        raise UsageError(f"{project}: [tool.accord] must be a table, seen {section!r}")
    return section


def _toml(path: Path) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 - pytest's start-up must not pay for it where there is no file

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DocumentError(f"is not valid TOML: {error}", source=str(path)) from None
    except OSError as error:
        raise DocumentError(f"cannot be read: {error.strerror}", source=str(path)) from None


def _refuse_unknown(values: dict[str, Any], source: str) -> None:
    known = [each.name for each in fields(Configuration)]
    for key in values:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
            raise UsageError(f"{source}: unknown key {key!r}; {hint}")
