"""The configuration: ``[tool.accord]`` in pyproject.toml or accord.toml, overridden by ACCORD_… in the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping  # noqa: TC003 - a class's fields are read at run time
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from accord.core.errors import DocumentError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

_RESOURCE = "Where this server comes from: see [below](#servers)."


@dataclass(frozen=True, slots=True)
class Configuration:
    """Every key with its default; ``help`` in a field's metadata is what the documentation says of it.

    A text, a list of texts, or a table. A table's content is read by the package that it belongs to.
    """

    pact_directory: str = field(
        default="pacts",
        metadata={"help": "Folder of the pact files that the `pact` fixture writes, relative to the project."},
    )
    bus: str = field(
        default="memory",
        metadata={
            "help": "What the fixture `bus` is where a test does not say: `mock`, `memory`, `nats`, `kafka`, "
            "`rabbitmq`: see [async flows](events.md)."
        },
    )
    allowed_hosts: tuple[str, ...] = field(
        default=(),
        metadata={"help": "Hosts that tests of every level may talk to, beside this machine and the run's resources."},
    )
    levels: Mapping[str, Any] = field(
        default_factory=dict,
        metadata={
            "help": "What differs from the five levels' defaults, and levels of your own: see [levels](levels.md)."
        },
    )
    coverage: Mapping[str, Any] = field(
        default_factory=dict,
        metadata={
            "help": "`total`: per cent of lines and branches that all levels together must cover; 80 by default."
        },
    )
    postgres: Mapping[str, Any] = field(default_factory=dict, metadata={"help": _RESOURCE})
    nats: Mapping[str, Any] = field(default_factory=dict, metadata={"help": _RESOURCE})
    kafka: Mapping[str, Any] = field(default_factory=dict, metadata={"help": _RESOURCE})
    valkey: Mapping[str, Any] = field(default_factory=dict, metadata={"help": _RESOURCE})
    rabbitmq: Mapping[str, Any] = field(default_factory=dict, metadata={"help": _RESOURCE})
    hub: Mapping[str, Any] = field(
        default_factory=dict,
        metadata={
            "help": "`url` of the hub or Pact Broker; `publish = false` leaves publishing at the end of a CI run to "
            "others; `timeout` in seconds: see [the hub](hub.md)."
        },
    )
    links: Mapping[str, Any] = field(
        default_factory=dict,
        metadata={"help": 'Links of the fixture `faults`, `"orders -> payments" = URL`: see [faults](faults.md).'},
    )
    contract_audit: Mapping[str, Any] = field(
        default_factory=dict,
        metadata={
            "help": "How calls seen in tests are held against contracts, `paths`, `literals`, `ignored`: see "
            "[the audit](contract-audit.md)."
        },
    )
    refused_hosts: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": "Hosts whose servers tests must not use, beside those called staging or production; `*` stands "
            "for a part of a name."
        },
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
        kind = _kind(each)
        if variable in variables and kind != "table":
            text = variables[variable]
            values[each.name] = [part.strip() for part in text.split(",") if part.strip()] if kind == "list" else text
            source = f"the environment variable {variable}"
        if each.name in values:
            values[each.name] = _checked(values[each.name], kind, f"{source}: {each.name}")
    return Configuration(**values)


def describe_keys() -> str:
    """The table of all keys in Markdown, as docs/configuration.md holds it."""
    lines = ["| key | environment | default | meaning |", "|---|---|---|---|"]
    for each in fields(Configuration):
        kind = _kind(each)
        variable = "-" if kind == "table" else f"`ACCORD_{each.name.upper()}`" + (" (commas)" if kind == "list" else "")
        default = {"table": "a table", "list": "none"}.get(kind, f"`{each.default}`")
        lines.append(f"| `{each.name}` | {variable} | {default} | {each.metadata['help']} |")
    return "\n".join(lines)


def _kind(key: Field[Any]) -> str:
    if key.default is MISSING:
        return "table"
    return "list" if isinstance(key.default, tuple) else "text"


def _checked(value: object, kind: str, where: str) -> Any:
    if kind == "table" and isinstance(value, dict):
        return value
    if kind == "list" and isinstance(value, list) and all(isinstance(part, str) for part in value):
        return tuple(value)
    if kind == "text" and isinstance(value, str):
        return value
    raise UsageError(f"{where} must be a {'list of texts' if kind == 'list' else kind}, seen {value!r}")


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
            import difflib  # noqa: PLC0415 - pytest's start-up must not pay for it where all is well

            near = difflib.get_close_matches(key, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
            raise UsageError(f"{source}: unknown key {key!r}; {hint}")
