"""Recorded exchanges of a real client with the reference, replayed against a hub and compared.

What is volatile is compared by what it means: addresses by their path, times by their form, UUIDs that the server makes
by which of them it is, the same one everywhere.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\+00:00|Z)")
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_MADE_HERE = re.compile(rf"{_UUID}|(?<=webhooks/)[A-Za-z0-9_-]{{22}}\b")
VOLATILE = {
    # Who sends, by name: ours is another program.
    "user-agent": "the sender's name",
    "logs": "times and the sender's name",
}
COMPARED_HEADERS = ("content-type", "location", "vary", "cache-control")


@dataclass
class Replay:
    """Replays one file of recordings.

    Args:
        file: JSON lines with label, method, path, req_headers, req_body, status, resp_headers, resp_body.
        recorded_at: the base URL of the server then.
    """

    file: Path
    recorded_at: str
    names: dict[str, str] = field(default_factory=dict)

    def exchanges(self) -> list[dict[str, Any]]:
        """All, in order."""
        return [json.loads(line) for line in self.file.read_text(encoding="utf-8").splitlines()]

    def send(self, client: httpx.Client, exchange: dict[str, Any]) -> httpx.Response:
        """Send a request as it was sent, with the UUIDs that this server made."""
        headers = [(name, value) for name, value in exchange["req_headers"] if name not in {"host", "content-length"}]
        body = exchange["req_body"]
        content = None if body is None else self._translated(json.dumps(body)).encode()
        return client.request(exchange["method"], self._translated(exchange["path"]), headers=headers, content=content)

    def _translated(self, text: str) -> str:
        return re.sub(_MADE_HERE, lambda match: self.names.get(match[0], match[0]), text)

    def differences(self, exchange: dict[str, Any], response: httpx.Response, base: str) -> list[str]:
        """What is not as it was recorded."""
        found = []
        if response.status_code != exchange["status"]:
            found.append(f"status {response.status_code}, recorded {exchange['status']}: {response.text[:300]}")
        actual = response.json() if response.content else None
        self._learn(exchange["resp_body"], actual)
        headers = {name.lower(): value for name, value in exchange["resp_headers"].items()}
        for name in COMPARED_HEADERS:
            expected = self._plain(headers.get(name), self.recorded_at, known=True)
            seen = self._plain(response.headers.get(name), base)
            if expected != seen:
                found.append(f"header {name}: {seen!r}, recorded {expected!r}")
        self._compare(exchange["resp_body"], actual, "$", found, base)
        return found

    def _learn(self, expected: Any, actual: Any) -> None:
        """Which UUID of this server stands for which recorded one."""
        if isinstance(expected, dict) and isinstance(actual, dict):
            recorded, made = expected.get("uuid"), actual.get("uuid")
            if isinstance(recorded, str) and isinstance(made, str):
                self.names.setdefault(recorded, made)
            for name in expected.keys() & actual.keys():
                self._learn(expected[name], actual[name])
        elif isinstance(expected, list) and isinstance(actual, list):
            for one, other in zip(expected, actual, strict=False):
                self._learn(one, other)

    def _plain(self, value: str | None, base: str, *, known: bool = False) -> str | None:
        if value is None:
            return None
        text = value.replace(base, "HUB")
        if known:
            text = self.names.get(text) or self._translated(text)
        return TIME.sub("TIME", text)

    def _compare(self, expected: Any, actual: Any, where: str, found: list[str], base: str) -> None:
        if isinstance(expected, dict) and isinstance(actual, dict):
            for name in expected.keys() | actual.keys():
                self._compare_member(name, expected, actual, where=f"{where}.{name}", found=found, base=base)
        elif isinstance(expected, list) and isinstance(actual, list):
            if len(expected) != len(actual):
                found.append(f"{where}: {len(actual)} elements, recorded {len(expected)}")
            for index, (one, other) in enumerate(zip(expected, actual, strict=False)):
                self._compare(one, other, f"{where}[{index}]", found, base)
        elif isinstance(expected, str) and isinstance(actual, str):
            if self._plain(expected, self.recorded_at, known=True) != self._plain(actual, base):
                found.append(f"{where}: {actual!r}, recorded {expected!r}")
        elif type(expected) is not type(actual) or expected != actual:
            found.append(f"{where}: {actual!r}, recorded {expected!r}")

    def _compare_member(
        self, name: str, expected: dict[str, Any], actual: dict[str, Any], *, where: str, found: list[str], base: str
    ) -> None:
        if name not in actual:
            found.append(f"{where}: missing")
        elif name not in expected:
            found.append(f"{where}: not recorded, seen {actual[name]!r}")
        elif name in VOLATILE and isinstance(expected[name], str):
            if not isinstance(actual[name], str):
                found.append(f"{where}: {actual[name]!r}, recorded text")
        else:
            self._compare(expected[name], actual[name], where, found, base)
