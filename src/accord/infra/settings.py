"""What a project says about one server: in the tables of its configuration, or in the environment."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

RESOURCES = ("postgres", "nats", "kafka", "valkey", "rabbitmq")
_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")


@dataclass(frozen=True)
class ServerSettings:
    """Where a server comes from. Each key stands in the server's table, or as ACCORD_SERVER_KEY in the environment."""

    provider: str | None = field(
        default=None,
        metadata={
            "help": "`auto` (this machine's programs, else a container), `native`, `container`, `url`; for Kafka "
            "`tansu` or `apache` in place of `native`. `url` where there is one, else `auto`."
        },
    )
    version: str | None = field(
        default=None,
        metadata={"help": "The version the tests ask for, such as `14` or `14.7`; any where nothing is said."},
    )
    strict: bool = field(
        default=False,
        metadata={"help": "Refuse another version; else the nearest newer one is taken, with a warning that names it."},
    )
    production: str | None = field(
        default=None, metadata={"help": "The version production runs; `accord doctor` compares it with the tests'."}
    )
    url: str | None = field(default=None, metadata={"help": "The URL of a server that is there already."})
    image: str | None = field(default=None, metadata={"help": "The image of the provider `container`."})
    management: str | None = field(
        default=None,
        metadata={
            "help": "RabbitMQ with the provider `url` alone: its management API, which makes virtual hosts; "
            "`http://HOST:15672` where nothing is said."
        },
    )

    @classmethod
    def read(
        cls, resource: str, table: Mapping[str, Any], environment: Mapping[str, str] | None = None
    ) -> ServerSettings:
        """The settings of one server: the environment counts more than the table.

        Args:
            resource: its name: ``nats``.
            table: its table of the configuration.
            environment: the environment; the process's own by default.

        Raises:
            UsageError: an unknown key (the nearest name is given), or a wrong type.
        """
        variables = os.environ if environment is None else environment
        names = [each.name for each in fields(cls)]
        known = [name for name in names if name != "management" or resource == "rabbitmq"]
        for key in table:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
                raise UsageError(f"[tool.accord.{resource}]: unknown key {key!r}; {hint}")
        values: dict[str, Any] = dict(table)
        sources = dict.fromkeys(table, f"[tool.accord.{resource}]")
        for name in known:
            variable = f"ACCORD_{resource.upper()}_{name.upper()}"
            if variable in variables:
                values[name] = _flag(variables[variable], variable) if name == "strict" else variables[variable] or None
                sources[name] = f"the environment variable {variable}"
        for name, value in values.items():
            expected = bool if name == "strict" else str
            if value is not None and not isinstance(value, expected):
                words = "true or false" if expected is bool else "a text"
                raise UsageError(f"{sources[name]}: {name} must be {words}, seen {value!r}")
        return cls(**values)

    def wish(self, *, refused_hosts: Collection[str] = (), alone: bool = False) -> dict[str, Any]:
        """The same as arguments of a server's class; what is not set is left out.

        Args:
            refused_hosts: hosts a URL must not name.
            alone: for a server that is to be killed and paused, so never one that is there already.
        """
        names = ["provider", "version", "strict", "image"]
        names += [] if alone else ["url", "management"]
        found = {name: value for name in names if (value := getattr(self, name))}
        if alone and found.get("provider") == "url":
            del found["provider"]
        return found | ({"refused_hosts": tuple(refused_hosts)} if self.url and not alone else {})


def describe_keys() -> str:
    """The table of all keys in Markdown, as docs/configuration.md holds it."""
    lines = ["| key | environment | default | meaning |", "|---|---|---|---|"]
    for each in fields(ServerSettings):
        default = "`false`" if each.default is False else "-"
        lines.append(f"| `{each.name}` | `ACCORD_NATS_{each.name.upper()}` | {default} | {each.metadata['help']} |")
    return "\n".join(lines)


def _flag(text: str, variable: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise UsageError(f"the environment variable {variable} must be true or false, seen {text!r}")
