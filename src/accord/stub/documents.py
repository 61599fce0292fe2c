"""The documents that a server's stubs stand for: what they allow is served, what they do not allow is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from accord.core.http.messages import HttpResponse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from accord.stub.mapping import StubMapping
    from accord.stub.plan import Plan
    from accord.stub.requests import StubRequest

Lie = tuple[str, str]
"""A JSON pointer into the mapping, and what is wrong there."""

_FROM_THE_WAY = (408, 429)
_SERVER_ERRORS = 500
_OURS = ("matched-stub-id", "matched-stub-name")
_VARIABLE = re.compile(r"\{[^{}/]*\}")
_METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS")
_MOST_SAID = 8


class Document(Protocol):
    """One document.

    Attributes:
        title: as messages name it.
    """

    title: str

    def has(self, method: str, path: str) -> bool:
        """Whether it has such an operation."""

    def lies(self, method: str, path: str, response: HttpResponse) -> list[str]:
        """What it does not allow in an answer; empty where it allows it."""

    def stubs(self) -> list[StubMapping]:
        """A stub for each thing that it says."""


class Documents:
    """All documents of a server.

    Args:
        documents: them.
    """

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = tuple(documents)

    @classmethod
    def read(cls, pacts: Sequence[Path], openapi: Sequence[Path]) -> Documents:
        """Read pact files or folders, and OpenAPI documents.

        Raises:
            DocumentError: one cannot be read.
            ResourceMissingError: the package jsonschema is not installed.
        """
        from accord.stub.from_openapi import OpenApiDocument  # noqa: PLC0415 - each brings readers of its own
        from accord.stub.from_pacts import PactDocument  # noqa: PLC0415 - as above

        return cls([*(PactDocument(each) for each in pacts), *(OpenApiDocument(each) for each in openapi)])

    def stubs(self) -> list[StubMapping]:
        """A stub for each thing that the documents say; those of the first document are newest."""
        return [stub for each in reversed(self._documents) for stub in each.stubs()]

    def refuse_stub(self, stub: StubMapping, *, templated: bool) -> list[Lie]:
        """What the documents do not allow in a stub.

        What only an answer shows (templates, files, URLs by regular expression) is checked when it is given.
        """
        url, response = stub.request.url, stub.response
        if url.kind not in ("url", "urlPath", "urlPathTemplate") or response.proxy or response.fault:
            return []
        path = _VARIABLE.sub("0", url.text.partition("?")[0])
        methods = _METHODS if stub.request.method == "ANY" else (stub.request.method,)
        known = [(document, method) for document in self._documents for method in methods if document.has(method, path)]
        if not known:
            return [(f"/request/{url.kind}", f"{stub.request.describe()}: {self._nobody()}")]
        if templated or response.file is not None or response.make is not None or _is_from_the_way(response.status):
            return []
        answer = HttpResponse(response.status, response.headers, response.body or b"")
        lies = [document.lies(method, path, answer) for document, method in known]
        return [("/response", each) for each in min(lies, key=len)[:_MOST_SAID]]

    def refuse_answer(self, request: StubRequest, plan: Plan) -> str | None:
        """Why an answer must not be given; None where it may."""
        if _is_from_the_way(plan.status):
            return None
        known = [each for each in self._documents if each.has(request.method, request.path)]
        if not known:
            return f"{request.method} {request.path}: {self._nobody()}"
        headers = tuple(each for each in plan.headers if each[0].lower() not in _OURS)
        answer = HttpResponse(plan.status, headers, plan.body)
        lies = min((each.lies(request.method, request.path, answer) for each in known), key=len)
        if not lies:
            return None
        return "This answer is not as documented:\n" + "\n".join(f"  {each}" for each in lies[:_MOST_SAID])

    def _nobody(self) -> str:
        return f"not declared in {', '.join(each.title for each in self._documents)}; correct the stub or the document"


def _is_from_the_way(status: int) -> bool:
    """Whether something between client and service may answer this on its own."""
    return status >= _SERVER_ERRORS or status in _FROM_THE_WAY


def concrete_path(template: str) -> str:
    """A path that leads to a template, whatever its variables are."""
    return _VARIABLE.sub("0", template)


__all__ = ["Document", "Documents", "Lie", "concrete_path"]
