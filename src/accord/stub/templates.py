"""Response templates: compiled once per text, rendered for each request; their engine is loaded when used."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from accord.core.errors import AccordError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accord.stub.requests import StubRequest

_MARK = "{{"


class RenderError(AccordError):
    """A template cannot be rendered; says where and why."""


class Templates:
    """Renders texts of mappings for a request.

    Args:
        permitted: patterns of environment variables that templates may read.
    """

    def __init__(self, permitted: Sequence[str] = ()) -> None:
        self._permitted = tuple(permitted)

    def check(self, template: str) -> None:
        """Compile a text of a mapping.

        Raises:
            RenderError: it is no template that works here; names the helper.
        """
        if _MARK in template:
            _compiled(template, self._permitted)

    def text(self, template: str, request: StubRequest, parameters: Mapping[str, Any]) -> str:
        """A text of a response.

        Raises:
            RenderError: it is no template that works here, or takes too much.
        """
        if _MARK not in template:
            return template
        return self._rendered(template, {"request": _model(request), "parameters": dict(parameters)})

    def body(self, template: bytes, request: StubRequest, parameters: Mapping[str, Any]) -> bytes:
        """The body of a response; raises as `text` does."""
        if b"{{" not in template:
            return template
        return self.text(template.decode(), request, parameters).encode("utf-8", "surrogatepass")

    def webhook(self, template: str, request: StubRequest, context: Mapping[str, Any]) -> str:
        """A text of a webhook, for which the request is ``originalRequest``; raises as `text` does."""
        if _MARK not in template:
            return template
        return self._rendered(template, {"originalRequest": _model(request), **context})

    def webhook_body(self, template: bytes, request: StubRequest, context: Mapping[str, Any]) -> bytes:
        """The body of a webhook; raises as `text` does."""
        if b"{{" not in template:
            return template
        try:
            text = template.decode()
        except UnicodeDecodeError:
            return template
        return self.webhook(text, request, context).encode()

    def _rendered(self, template: str, context: Mapping[str, Any]) -> str:
        compiled = _compiled(template, self._permitted)
        from accord.stub.templating import TemplateError  # noqa: PLC0415 - loaded by the line above

        try:
            text: str = compiled.render(context)
        except TemplateError as error:
            raise RenderError(f"the template cannot be rendered: {error}") from None
        return text


@lru_cache(maxsize=4096)
def _compiled(template: str, permitted: tuple[str, ...]) -> Any:
    from accord.stub.templating import (  # noqa: PLC0415 - most stubs need no templates
        Surroundings,
        TemplateError,
        compile_template,
    )

    try:
        return compile_template(template, surroundings=Surroundings(permitted_system_values=permitted))
    except TemplateError as error:
        raise RenderError(f"the template cannot be used: {error}") from None


def _model(request: StubRequest) -> Any:
    from accord.stub.templating import Part, request_model  # noqa: PLC0415 - as above

    parts: tuple[Part, ...] = ()
    if (request.header("content-type") or "").lower().startswith("multipart/"):
        parts = tuple(
            Part(
                each.name or "", [(name, value) for name, values in each.headers.items() for value in values], each.body
            )
            for each in request.parts
        )
    return request_model(
        method=request.method,
        url=request.target,
        headers=request.headers,
        body=request.body,
        scheme=request.scheme,
        client_ip=request.client,
        parts=parts,
        path_parameters=request.path_values or None,
        default_host=("localhost", request.port),
    )
