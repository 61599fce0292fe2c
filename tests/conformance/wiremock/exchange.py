"""Sends the cases to a server as they are, and reads what comes back; what both sides of the comparison share."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from accord.core.http.client import HttpCaller
from accord.core.http.messages import HttpRequest, HttpResponse

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = yaml.safe_load((HERE / "cases.yaml").read_text(encoding="utf-8"))
ANSWERS = HERE / "answers.json"
_COMPARED = ("content-type", "location", "etag", "set-cookie", "matched-stub-name")


def request_of(given: str | dict[str, Any]) -> HttpRequest:
    """One request of a case."""
    entry = {"to": given} if isinstance(given, str) else given
    method, _, target = entry["to"].partition(" ")
    pairs = [
        (name, each)
        for name, value in entry.get("headers", {}).items()
        for each in (value if isinstance(value, list) else [value])
    ]
    body = base64.b64decode(entry["base64"]) if "base64" in entry else entry.get("body", "").encode()
    if body or method in ("POST", "PUT", "PATCH"):
        pairs.append(("Content-Length", str(len(body))))
    return HttpRequest(method, target, tuple(pairs), body)


def said(response: HttpResponse) -> dict[str, Any]:
    """What of an answer is compared: status, the headers that matter, and the body where a stub gave it."""
    headers = sorted(
        [name.lower(), value]
        for name, value in response.headers
        if name.lower() in _COMPARED or name.lower().startswith("x-")
    )
    found: dict[str, Any] = {"status": response.status, "matched": response.header("matched-stub-id") is not None}
    if found["matched"] or response.status == 200:
        found["headers"] = headers
        found["body"] = base64.b64encode(response.body).decode()
    return found


def exchange(base_url: str, case: dict[str, Any]) -> list[dict[str, Any]]:
    """Put a case's files and mappings into a server, send its requests, and say what came back."""
    host = urlsplit(base_url).netloc
    with HttpCaller(base_url) as caller:

        def admin(method: str, path: str, body: bytes = b"") -> HttpResponse:
            length = (("Content-Length", str(len(body))),)
            return caller.call(HttpRequest(method, f"/__admin/{path}", (("Host", host), *length), body))

        admin("DELETE", "mappings")
        admin("POST", "scenarios/reset")
        for name, text in case.get("files", {}).items():
            admin("PUT", f"files/{name}", text.encode())
        for mapping in case["mappings"]:
            made = admin("POST", "mappings", _json(mapping))
            if made.status != 201:
                return [{"status": made.status, "refused": made.body.decode()}]
        return [said(caller.call(request_of(each))) for each in case["requests"]]


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
