"""Sending what webhooks send: bounded in time, into a private network only where that is allowed, nothing followed."""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import json
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from accord.hub.domain.webhooks import Rules, WebhookRequest, address_problem, url_problem

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 15.0
"""How long a target may take, from the first byte to the last."""

MOST_ANSWER = 100_000
USER_AGENT = "Accord hub"
HIDDEN_ANSWER = (
    "For security purposes, the response details are not logged. To enable response logging, configure the hosts that "
    "webhooks may call (--webhook-host)."
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try.

    Attributes:
        status: of the answer, None where there was none.
        error: why there was none.
        log: lines for people, without secrets.
    """

    success: bool
    log: str
    status: int | None = None
    error: str | None = None
    headers: Mapping[str, str] | None = None
    body: str | None = None


class Sender:
    """Sends requests.

    Args:
        rules: what may be called.
        trust: for TLS; None for the system's authorities.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._client = httpx.AsyncClient(timeout=SECONDS, follow_redirects=False, trust_env=True)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._client.aclose()

    async def send(self, request: WebhookRequest, context: Mapping[str, Any], *, name: str) -> Outcome:
        """Send once."""
        log = _Log()
        log.add("DEBUG", f"Webhook context {json.dumps(context, ensure_ascii=False, separators=(',', ':'))}")
        headers, content = prepared(request)
        log.add("INFO", f"HTTP/1.1 {request.method} {request.url}")
        for header, value in headers.items():
            shown = "**********" if header.lower() in {"authorization", "cookie", "x-api-key"} else value
            log.add("INFO", f"{header}: {shown}")
        log.add("INFO", content.decode("utf-8", "replace") if content else "null")
        try:
            async with asyncio.timeout(SECONDS):
                status, answered, body = await self._exchange(request, headers, content)
        except (OSError, httpx.HTTPError, TimeoutError, ValueError) as error:
            message = _message(error, request.url)
            log.add("ERROR", f"Error executing webhook {name} {type(error).__name__} - {message}")
            log.add("INFO", "Webhook execution failed")
            return Outcome(False, log.text, error=message)
        open_to_see = bool(self.rules.hosts) or self.rules.loopback
        log.add("INFO", f"HTTP/1.1 {status}")
        log.add("INFO", body if open_to_see else HIDDEN_ANSWER)
        success = 200 <= status < 300  # noqa: PLR2004 - what HTTP calls success
        if not success:
            log.add("INFO", "Webhook execution failed")
        return Outcome(
            success, log.text, status, headers=answered if open_to_see else None, body=body if open_to_see else None
        )

    async def document(self, request: WebhookRequest, context: Mapping[str, Any], *, name: str) -> dict[str, Any]:
        """Send once, and tell it in the reference's shape."""
        headers, _ = prepared(request)
        outcome = await self.send(request, context, name=name)
        shown: dict[str, Any] = {"headers": {n: v for n, v in headers.items() if n != "authorization"}}
        if request.body is not None:
            shown["body"] = request.body
        shown["url"] = _path(request.url)
        document: dict[str, Any] = {}
        if outcome.error is not None:
            document["error"] = {"message": outcome.error}
        document["request"] = shown
        if outcome.status is not None:
            answered = {"status": outcome.status, "headers": dict(outcome.headers or {}), "body": outcome.body or ""}
            document["response"] = answered
        return {**document, "logs": outcome.log, "success": outcome.success}

    async def _exchange(
        self, request: WebhookRequest, headers: Mapping[str, str], content: bytes | None
    ) -> tuple[int, dict[str, str], str]:
        problem = url_problem(request.url, self.rules)
        if problem:
            raise ValueError(f"{request.url}: {problem}")
        url = httpx.URL(request.url)
        address = await self._address(url.host, url.port or (443 if url.scheme == "https" else 80))
        # The address that was looked at is the one that is called, whatever the name leads to a moment later.
        pinned = url.copy_with(host=address)
        port = f":{url.port}" if url.port else ""
        # Names have what ASCII has not; the target makes of a header's bytes what it will.
        raw = [(name.encode(), value.encode()) for name, value in {**headers, "host": f"{url.host}{port}"}.items()]
        sent = self._client.build_request(
            request.method, pinned, headers=raw, content=content,
            extensions={"sni_hostname": url.host},
        )  # fmt: skip
        answer = await self._client.send(sent, stream=True)
        try:
            parts, size = [], 0
            async for part in answer.aiter_bytes():
                parts.append(part)
                size += len(part)
                if size > MOST_ANSWER:
                    break
        finally:
            await answer.aclose()
        text = b"".join(parts)[:MOST_ANSWER].decode("utf-8", "replace")
        return answer.status_code, dict(answer.headers), text

    async def _address(self, host: str, port: int) -> str:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(each[4][0]) for each in found]
        for address in addresses:
            problem = address_problem(ipaddress.ip_address(address.partition("%")[0]), host, self.rules)
            if problem:
                raise ValueError(problem)
        return addresses[0]


class _Log:
    def __init__(self) -> None:
        self.text = ""

    def add(self, level: str, line: str) -> None:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.text += f"[{now}] {level}: {line}\n"


def prepared(request: WebhookRequest) -> tuple[dict[str, str], bytes | None]:
    """The headers and the body that are sent."""
    headers = {"accept": "*/*", "user-agent": USER_AGENT}
    content = None
    if request.body is not None:
        text = request.body if isinstance(request.body, str) else json.dumps(request.body, ensure_ascii=False)
        content = text.encode()
        if not isinstance(request.body, str):
            headers["content-type"] = "application/json"
    headers |= {name.lower(): value for name, value in request.headers.items()}
    if request.username is not None:
        pair = f"{request.username}:{request.password or ''}".encode()
        headers["authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    return headers, content


def _path(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _message(error: Exception, url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or url
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if isinstance(error, (httpx.ConnectError, ConnectionRefusedError)):
        return f"Failed to open TCP connection to {host}:{port} (Connection refused - connect(2) for {host}:{port})"
    if isinstance(error, (TimeoutError, httpx.TimeoutException)):
        return f"{host}:{port} did not answer within {SECONDS:g} seconds"
    if isinstance(error, socket.gaierror):
        return f"Failed to open TCP connection to {host}:{port} (getaddrinfo: {error.strerror})"
    return str(error) or type(error).__name__
