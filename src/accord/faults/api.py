"""Toxiproxy's HTTP API: from a request to an answer, with its statuses and words."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from accord.core.documents import parse_json
from accord.core.errors import DocumentError
from accord.core.http.messages import HttpRequest, HttpResponse
from accord.faults.errors import FaultProxyError
from accord.faults.metrics import metrics_text
from accord.faults.toxics import read_toxic

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from accord.faults.proxies import ProxyCollection
    from accord.faults.proxy import Proxy

    Handler = Callable[..., Awaitable[HttpResponse]]

_JSON = (("Content-Type", "application/json"),)
_TEXT = (("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff"))
_PROXY_KEYS = ("name", "listen", "upstream", "enabled", "toxics", "Logger")
_MAX_NAME = 200


class Api:
    """Answers requests about a collection of proxies."""

    def __init__(self, proxies: ProxyCollection) -> None:
        self._proxies = proxies
        self._routes: list[tuple[re.Pattern[str], Mapping[str, Handler]]] = [
            (re.compile("/proxies"), {"GET": self._list, "POST": self._create}),
            (re.compile("/populate"), {"POST": self._populate}),
            (re.compile("/reset"), {"POST": self._reset}),
            (re.compile("/version"), {"GET": self._version}),
            (re.compile("/metrics"), {"GET": self._metrics}),
            (
                re.compile("/proxies/([^/]+)"),
                {"GET": self._show, "POST": self._update, "PATCH": self._update, "DELETE": self._delete},
            ),
            (re.compile("/proxies/([^/]+)/toxics"), {"GET": self._toxics, "POST": self._add_toxic}),
            (
                re.compile("/proxies/([^/]+)/toxics/([^/]+)"),
                {
                    "GET": self._show_toxic,
                    "POST": self._update_toxic,
                    "PATCH": self._update_toxic,
                    "DELETE": self._delete_toxic,
                },
            ),
        ]

    async def answer(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request; what it cannot do is an answer too."""
        if (request.header("user-agent") or "").startswith("Mozilla/"):
            return HttpResponse(403, _TEXT, b"User agent not allowed\n")
        for pattern, handlers in self._routes:
            match = pattern.fullmatch(request.path)
            if match is None:
                continue
            handler = handlers.get(request.method)
            if handler is None:
                return HttpResponse(405, (("Allow", ", ".join(handlers)),))
            try:
                return await handler(request, *map(unquote, match.groups()))
            except FaultProxyError as error:
                return HttpResponse(error.status, _TEXT, _text(_error(error)) + b"\n")
        return HttpResponse(404, _TEXT, b"404 page not found\n")

    async def _list(self, _request: HttpRequest) -> HttpResponse:
        return _json({proxy.name: proxy.to_json() for proxy in sorted(self._proxies, key=lambda proxy: proxy.name)})

    async def _create(self, request: HttpRequest) -> HttpResponse:
        document = _object(request)
        for key in ("name", "upstream"):
            if not _text_of(document, key):
                raise FaultProxyError(f"missing required field: {key}")
        proxy = await self._proxies.add(
            _text_of(document, "name"),
            _text_of(document, "listen"),
            _text_of(document, "upstream"),
            enabled=_flag(document, default=True),
        )
        return _json(proxy.to_json(), 201)

    async def _populate(self, request: HttpRequest) -> HttpResponse:
        done: list[Proxy] | None = None
        try:
            entries = self._checked(request)
            done = []
            for entry in entries:
                done.append(
                    await self._proxies.add_or_replace(
                        _text_of(entry, "name"),
                        _text_of(entry, "listen"),
                        _text_of(entry, "upstream"),
                        enabled=_flag(entry, default=True),
                    )
                )
        except FaultProxyError as error:
            proxies = [proxy.to_json() for proxy in done] if done else None
            return _json({**_error(error), "proxies": proxies}, error.status)
        return _json({"proxies": [proxy.to_json() for proxy in done] or None}, 201)

    @staticmethod
    def _checked(request: HttpRequest) -> list[dict[str, Any]]:
        entries = _document(request)
        if not isinstance(entries, list):
            raise FaultProxyError("bad request body: an array of proxies is expected")
        for number, entry in enumerate(entries, 1):
            _check_proxy(entry)
            for key in ("name", "upstream"):
                if not _text_of(entry, key):
                    raise FaultProxyError(f"missing required field: {key} at proxy {number}")
        return entries

    async def _reset(self, _request: HttpRequest) -> HttpResponse:
        await self._proxies.reset()
        return HttpResponse(204)

    async def _version(self, _request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, (("Content-Type", "application/json;charset=utf-8"),),
                            _text({"version": f"accord-{version('accord')}"}))  # fmt: skip

    async def _metrics(self, _request: HttpRequest) -> HttpResponse:
        return HttpResponse(
            200, (("Content-Type", "text/plain; version=0.0.4; charset=utf-8"),), metrics_text(self._proxies).encode()
        )

    async def _show(self, _request: HttpRequest, name: str) -> HttpResponse:
        return _json(self._proxies.get(name).to_json())

    async def _update(self, request: HttpRequest, name: str) -> HttpResponse:
        proxy = self._proxies.get(name)
        document = _object(request)
        await proxy.change(
            listen=_text_of(document, "listen") or proxy.listen,
            upstream=_text_of(document, "upstream") or proxy.upstream,
            enabled=_flag(document, default=proxy.enabled),
        )
        return _json(proxy.to_json())

    async def _delete(self, _request: HttpRequest, name: str) -> HttpResponse:
        await self._proxies.remove(name)
        return HttpResponse(204)

    async def _toxics(self, _request: HttpRequest, name: str) -> HttpResponse:
        return _json([toxic.to_json() for toxic in self._proxies.get(name).toxics])

    async def _add_toxic(self, request: HttpRequest, name: str) -> HttpResponse:
        proxy = self._proxies.get(name)
        toxic = read_toxic(_document(request))
        proxy.add(toxic)
        return _json(toxic.to_json())

    async def _show_toxic(self, _request: HttpRequest, name: str, toxic: str) -> HttpResponse:
        return _json(self._proxies.get(name).toxic(toxic).to_json())

    async def _update_toxic(self, request: HttpRequest, name: str, toxic: str) -> HttpResponse:
        proxy = self._proxies.get(name)
        changed = proxy.toxic(toxic).changed(_document(request))
        proxy.replace(toxic, changed)
        return _json(changed.to_json())

    async def _delete_toxic(self, _request: HttpRequest, name: str, toxic: str) -> HttpResponse:
        self._proxies.get(name).remove(toxic)
        return HttpResponse(204)


def _document(request: HttpRequest) -> Any:
    if not request.body.strip():
        raise FaultProxyError("bad request body: EOF")
    try:
        return parse_json(request.body)
    except DocumentError as error:
        raise FaultProxyError(f"bad request body: {error}") from None


def _object(request: HttpRequest) -> dict[str, Any]:
    document = _document(request)
    _check_proxy(document)
    return document  # type: ignore[no-any-return] # checked to be an object


def _check_proxy(document: Any) -> None:
    if not isinstance(document, dict):
        raise FaultProxyError("bad request body: a proxy must be an object")
    for key in document:
        if key not in _PROXY_KEYS:
            raise FaultProxyError(
                f"bad request body: a proxy has no {key[:50]!r}; it has name, listen, upstream, enabled"
            )


def _text_of(document: dict[str, Any], key: str) -> str:
    value = document.get(key)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _MAX_NAME:
        raise FaultProxyError(f"bad request body: {key} must be a text of at most {_MAX_NAME} characters")
    return value


def _flag(document: dict[str, Any], *, default: bool) -> bool:
    value = document.get("enabled")
    if value is not None and not isinstance(value, bool):
        raise FaultProxyError("bad request body: enabled must be true or false")
    return default if value is None else value


def _error(error: FaultProxyError) -> dict[str, Any]:
    return {"error": str(error), "status": error.status}


def _json(document: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(status, _JSON, _text(document))


def _text(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
