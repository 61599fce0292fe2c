"""An OpenAPI document: its operations, found by method and path, with references followed inside the document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from accord.core.documents import read_json_file, read_yaml_file
from accord.core.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_MOST_REFERENCES = 50


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path.

    Attributes:
        method: in capitals.
        template: the path as the document has it, such as ``/orders/{id}``.
        document: the operation's object.
        parameters: its own and its path's, references followed.
    """

    method: str
    template: str
    document: Mapping[str, Any]
    parameters: tuple[Mapping[str, Any], ...]

    @property
    def deprecated(self) -> bool:
        """Whether the document calls it deprecated."""
        return bool(self.document.get("deprecated"))

    @property
    def title(self) -> str:
        """Method and path."""
        return f"{self.method} {self.template}"


class OpenApi:
    """A document in OpenAPI 3.0 or 3.1.

    Args:
        document: its JSON value.
        source: where it is from, for messages.

    Attributes:
        root: the JSON value.
        prefix: the path that the servers' URLs share, which requests may or may not carry; empty where there is none.

    Raises:
        DocumentError: another version, or not an OpenAPI document.
    """

    def __init__(self, document: Any, *, source: str | None = None) -> None:
        version = document.get("openapi") if isinstance(document, dict) else None
        if not isinstance(version, str) or not version.startswith(("3.0", "3.1")):
            seen = f"'openapi': {version!r}" if version else "no key 'openapi'"
            raise DocumentError(f"expected OpenAPI 3.0 or 3.1, seen {seen}", source=source)
        self.source = source
        self.is_3_0 = version.startswith("3.0")
        self.root = document
        self.prefix = self._shared_prefix()
        self._operations = self._read_operations()

    @classmethod
    def read(cls, path: Path) -> OpenApi:
        """Read a JSON or YAML file.

        Raises:
            DocumentError: it cannot be read, or is not OpenAPI 3.0 or 3.1.
        """
        document = read_yaml_file(path) if path.suffix in (".yaml", ".yml") else read_json_file(path)
        return cls(document, source=str(path))

    def resolve(self, node: Any) -> Any:
        """Follow references inside the document until there is none.

        Raises:
            DocumentError: a reference leads out of the document, to nothing, or round in circles.
        """
        for _ in range(_MOST_REFERENCES):
            if not isinstance(node, dict) or not isinstance(node.get("$ref"), str):
                return node
            reference = node["$ref"]
            siblings = {key: value for key, value in node.items() if key != "$ref"}
            node = self._at(reference)
            if siblings and isinstance(node, dict):  # 3.1 lets a reference have neighbours
                node = {**node, **siblings}
        raise DocumentError(f"the reference {reference!r} leads round in circles", source=self.source)

    def operation(self, method: str, path: str) -> Operation | None:
        """The operation for a request; literal path segments go before templated ones."""
        fitting = [
            (pattern.pattern.count("([^/]+)"), operation)
            for pattern, operation in self._operations
            if operation.method == method.upper() and pattern.fullmatch(path)
        ]
        return min(fitting, key=lambda pair: pair[0])[1] if fitting else None

    @property
    def operations(self) -> list[Operation]:
        """All operations, in the document's order."""
        return [operation for _, operation in self._operations]

    def path_values(self, operation: Operation, path: str) -> dict[str, str]:
        """What a path has where the operation's template has names, still percent-encoded."""
        for pattern, each in self._operations:
            found = pattern.fullmatch(path) if each is operation else None
            if found:
                return dict(zip(re.findall(r"\{([^{}/]*)\}", operation.template), found.groups(), strict=True))
        return {}

    def methods_of(self, path: str) -> list[str]:
        """The methods that the document has for a path."""
        return sorted({operation.method for pattern, operation in self._operations if pattern.fullmatch(path)})

    @property
    def paths(self) -> list[str]:
        """All path templates."""
        return sorted({operation.template for _, operation in self._operations})

    def response(self, operation: Operation, status: int | None) -> Mapping[str, Any] | None:
        """What the document says about a status: exactly, by class (``2XX``) or by ``default``."""
        responses = operation.document.get("responses") or {}
        for key in (str(status), f"{str(status)[:1]}XX", "default"):
            if key in responses:
                found = self.resolve(responses[key])
                return found if isinstance(found, dict) else {}
        return None

    def schema_of(self, content: Any, media_type: str) -> Any:
        """The schema that a ``content`` has for a media type: None where it has none, False where it lacks the type."""
        if not isinstance(content, dict) or not content:
            return None
        for key in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
            for name, entry in content.items():
                if name.partition(";")[0].strip().lower() == key:
                    entry = self.resolve(entry)  # noqa: PLW2901 - the same entry, its reference followed
                    return entry.get("schema") if isinstance(entry, dict) else None
        return False

    def _at(self, reference: str) -> Any:
        if not reference.startswith("#/"):
            raise DocumentError(
                f"the reference {reference!r} leads out of the document; bundle the document into one file first",
                source=self.source,
            )
        node = self.root
        for part in reference[2:].split("/"):
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            if not isinstance(node, dict) or key not in node:
                raise DocumentError(f"the reference {reference!r} leads to nothing", source=self.source)
            node = node[key]
        return node

    def _read_operations(self) -> list[tuple[re.Pattern[str], Operation]]:
        found = []
        prefix = self.prefix
        for template, item in (self.root.get("paths") or {}).items():
            entry = self.resolve(item)
            if not isinstance(entry, dict):
                continue
            shared = entry.get("parameters") or []
            for method in METHODS:
                if isinstance(entry.get(method), dict):
                    own = entry[method].get("parameters") or []
                    operation = Operation(method.upper(), template, entry[method], self._parameters(shared, own))
                    found.append((_pattern(prefix, template), operation))
        return found

    def _parameters(self, shared: list[Any], own: list[Any]) -> tuple[Mapping[str, Any], ...]:
        """An operation's own parameter replaces its path's of the same name and place."""
        merged = {(each.get("name"), each.get("in")): each for each in map(self.resolve, [*shared, *own])}
        return tuple(merged.values())

    def _shared_prefix(self) -> str:
        """The path that the servers' URLs share, which requests may or may not carry."""
        servers = self.root.get("servers") or []
        paths = {re.sub(r"^[a-z]+://[^/]*", "", str(each.get("url", ""))).rstrip("/") for each in servers}
        return paths.pop() if len(paths) == 1 else ""


def _pattern(prefix: str, template: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^{}/]*\}", template)
    pattern = "([^/]+)".join(re.escape(part) for part in parts)
    return re.compile(f"(?:{re.escape(prefix)})?{pattern}/?" if prefix else f"{pattern}/?")
