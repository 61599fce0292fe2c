"""An HTTP double's side of an OpenAPI document."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accord.contract.openapi.conformance import Conformance
from accord.contract.openapi.document import OpenApi
from accord.contract.openapi.requests import RequestConformance
from accord.contract.openapi.samples import Samples
from accord.core.errors import DocumentError, UsageError

if TYPE_CHECKING:
    from accord.contract.openapi.document import Operation
    from accord.core.http.messages import HttpRequest, HttpResponse

_NAMES = ("openapi.json", "openapi.yaml", "openapi.yml")
_MOST_NAMED = 12
_FILES = ", ".join(_NAMES)


class OpenApiSide:
    """See Side.

    Args:
        source: the document, its JSON value, its file, or a folder that has an ``openapi.json`` or ``.yaml``.

    Raises:
        DocumentError: it cannot be read, or is not OpenAPI.
        ResourceMissingError: the package jsonschema is not installed.
    """

    def __init__(self, source: OpenApi | dict[str, Any] | str | Path) -> None:
        self.document = read_openapi(source)
        self.conformance = Conformance(self.document)
        self._requests = RequestConformance(self.conformance)
        self._samples = Samples(self.conformance)
        name = (self.document.root.get("info") or {}).get("title") or "an OpenAPI document"
        self.title = f"{name} ({Path(self.document.source).name})" if self.document.source else str(name)

    def problem(self, request: HttpRequest) -> str | None:
        """See Side."""
        deviations = self._requests.check(request)
        return "\n".join(f"  {each}" for each in deviations) or None

    def answer(self, request: HttpRequest, status: int | None = None) -> HttpResponse | None:
        """See Side."""
        operation = self.document.operation(request.method, request.path)
        if operation is None or (status is not None and self.document.response(operation, status) is None):
            return None
        return self._samples.response(operation, status)

    def refuse(self, method: str, path: str, response: HttpResponse) -> str | None:
        """See Side."""
        operation = self._named(method, path)
        deviations = self.conformance.check(method, self._concrete(operation), response) if operation else []
        return "\n".join(f"  {each}" for each in deviations) or None

    def refuse_unknown(self, method: str, path: str) -> None:
        """See Side."""
        if self._named(method, path) is None:
            known = [f"{each.method} {each.template}" for each in self.document.operations]
            raise UsageError(f"{self.title} has no operation {method} {path}; it has {', '.join(known[:_MOST_NAMED])}")

    def statuses(self, method: str, path: str) -> list[str]:
        """See Side."""
        operation = self._named(method, path)
        return [str(code) for code in (operation.document.get("responses") or {})] if operation else []

    def fingerprint(self, request: HttpRequest) -> str:
        """See Side."""
        operation = self.document.operation(request.method, request.path)
        waiting: list[Any] = [operation.document, *operation.parameters] if operation else []
        said: dict[str, Any] = {"": list(waiting)}
        while waiting:  # what the operation leads to, each part once
            node = waiting.pop()
            if isinstance(node, dict):
                reference = node.get("$ref")
                if isinstance(reference, str) and reference not in said:
                    said[reference] = self.document.resolve({"$ref": reference})
                    waiting.append(said[reference])
                waiting.extend(node.values())
            elif isinstance(node, list):
                waiting.extend(node)
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:16]

    def is_for(self, method: str, path: str, request: HttpRequest) -> bool:
        """See Side."""
        found = self.document.operation(request.method, request.path)
        if found is None or found.method != method.upper():
            return False
        return found.template == path or path in (request.path, request.target)

    def _named(self, method: str, path: str) -> Operation | None:
        for each in self.document.operations:
            if each.method == method.upper() and each.template == path:
                return each
        return None if "{" in path else self.document.operation(method, path.partition("?")[0])

    def _concrete(self, operation: Operation) -> str:
        """A path that leads to the operation, whatever its parameters are."""
        return re.sub(r"\{[^{}/]*\}", "0", operation.template)


def read_openapi(source: OpenApi | dict[str, Any] | str | Path) -> OpenApi:
    """A document from wherever it is.

    Raises:
        DocumentError: it cannot be read, or is not OpenAPI.
    """
    if isinstance(source, OpenApi):
        return source
    if isinstance(source, dict):
        return OpenApi(source)
    path = Path(source)
    if path.is_dir():
        found = [path / name for name in _NAMES if (path / name).is_file()]
        if len(found) != 1:
            raise DocumentError(f"expected one of {_FILES} in this folder, seen {len(found)}", source=str(path))
        path = found[0]
    return OpenApi.read(path)
