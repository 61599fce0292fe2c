"""Requests to Toxiproxy's API and what the real one (2.12.0) answered; `python -m tests.integration.faults.toxiproxy
PORT` asks a running one again and writes api_answers.json."""

from __future__ import annotations

import json
import socket
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from tests.integration.faults.conftest import Api

ANSWERS = Path(__file__).with_name("api_answers.json")
_A, _B, _UP = "127.0.0.1:{A}", "127.0.0.1:{B}", "127.0.0.1:9"

REQUESTS: list[list[Any]] = [
    ["GET", "/proxies"],
    ["POST", "/proxies", {"name": "a", "listen": _A, "upstream": _UP}],
    ["POST", "/proxies", {"name": "a", "listen": _B, "upstream": _UP}],
    ["POST", "/proxies", {"name": "b", "listen": _A, "upstream": _UP}],
    ["POST", "/proxies", {"listen": "x"}],
    ["POST", "/proxies", {"name": "", "upstream": "x"}],
    ["POST", "/proxies", {"name": "c"}],
    ["POST", "/proxies", {"name": 5, "upstream": "x"}],
    ["POST", "/proxies", []],
    ["POST", "/proxies", "nonsense"],
    ["POST", "/proxies"],
    ["POST", "/proxies", {"name": "off", "upstream": _UP, "enabled": False, "listen": _B}],
    ["GET", "/proxies"],
    ["GET", "/proxies/a"],
    ["GET", "/proxies/zz"],
    ["POST", "/proxies/a", {"enabled": False}],
    ["PATCH", "/proxies/a", {"enabled": True, "upstream": "127.0.0.1:10"}],
    ["POST", "/proxies/zz", {}],
    ["PATCH", "/proxies/a", "bad"],
    ["GET", "/proxies/a/toxics"],
    ["GET", "/proxies/zz/toxics"],
    ["POST", "/proxies/a/toxics", {"type": "latency", "attributes": {"latency": 100}}],
    ["POST", "/proxies/a/toxics", {"type": "latency", "attributes": {"latency": 100}}],
    ["POST", "/proxies/a/toxics", {"type": "nope"}],
    ["POST", "/proxies/a/toxics", {"name": "x"}],
    ["POST", "/proxies/a/toxics", {"type": "latency", "stream": "side"}],
    ["POST", "/proxies/a/toxics", {"type": "latency", "name": "l2", "attributes": {"latency": "x"}}],
    ["POST", "/proxies/a/toxics", {"type": "slicer", "stream": "UPSTREAM", "toxicity": 0.5}],
    ["POST", "/proxies/a/toxics", {"type": "bandwidth", "name": "bw", "attributes": {"rate": 5}}],
    ["POST", "/proxies/a/toxics", {"type": "slow_close", "attributes": {"delay": 5}}],
    ["POST", "/proxies/a/toxics", {"type": "timeout", "attributes": {"timeout": 5}}],
    ["POST", "/proxies/a/toxics", {"type": "reset_peer", "attributes": {"timeout": 5}}],
    ["POST", "/proxies/a/toxics", {"type": "limit_data", "attributes": {"bytes": 5}}],
    ["POST", "/proxies/a/toxics", "bad"],
    ["GET", "/proxies/a/toxics"],
    ["GET", "/proxies/a/toxics/latency_downstream"],
    ["GET", "/proxies/a/toxics/nope"],
    ["POST", "/proxies/a/toxics/latency_downstream", {"attributes": {"jitter": 5}, "toxicity": 0.5}],
    ["PATCH", "/proxies/a/toxics/latency_downstream", {"attributes": {"latency": 7}}],
    ["PATCH", "/proxies/a/toxics/nope", {}],
    ["PATCH", "/proxies/a/toxics/bw", "bad"],
    ["DELETE", "/proxies/a/toxics/latency_downstream"],
    ["DELETE", "/proxies/a/toxics/latency_downstream"],
    ["GET", "/proxies/a"],
    ["POST", "/populate", [{"name": "a", "listen": _A, "upstream": _UP}]],
    ["POST", "/populate", [{"name": "a", "listen": _A, "upstream": _UP, "enabled": False}]],
    ["POST", "/populate", [{"name": "p", "upstream": _UP, "listen": _B, "enabled": False}]],
    ["POST", "/populate", [{"name": "p1"}]],
    ["POST", "/populate", [{"name": "p", "upstream": "x"}, {"upstream": "x"}]],
    ["POST", "/populate", [{"name": "q", "upstream": _UP, "listen": _A}]],
    ["POST", "/populate", []],
    ["POST", "/populate", {}],
    ["POST", "/populate", "bad"],
    ["DELETE", "/proxies/p"],
    ["POST", "/reset"],
    ["GET", "/proxies"],
    ["GET", "/reset"],
    ["PUT", "/proxies/a"],
    ["GET", "/nothing"],
    ["GET", "/"],
    ["POST", "/proxies/"],
    ["DELETE", "/proxies/a"],
    ["DELETE", "/proxies/a"],
    ["GET", "/proxies", None, {"User-Agent": "Mozilla/5.0 (X11)"}],
]
"""Method, path, document, headers; in this order against a server without proxies."""


def asked(api: Api) -> list[list[Any]]:
    """Status and body of each, with the ports as they are called in REQUESTS."""
    with ExitStack() as stack:
        probes = [stack.enter_context(closing(socket.create_server(("127.0.0.1", 0)))) for _ in "AB"]
        ports = dict(zip("AB", (str(probe.getsockname()[1]) for probe in probes), strict=True))
    answers = []
    for method, path, *rest in REQUESTS:
        document = json.loads(_with(json.dumps(rest[0]), ports)) if rest else None
        raw = document.encode() if isinstance(document, str) else document
        status, body = api(method, path, raw, headers=rest[1] if len(rest) > 1 else None)
        text = json.dumps(body)
        for name, port in ports.items():
            text = text.replace(port, f"{{{name}}}")
        answers.append([status, _without_logger(json.loads(text))])
    return answers


def _with(text: str, ports: dict[str, str]) -> str:
    for name, port in ports.items():
        text = text.replace(f"{{{name}}}", port)
    return text


def _without_logger(body: Any) -> Any:
    """What 2.12.0 lets slip of itself is no part of the API."""
    if isinstance(body, dict):
        return {key: _without_logger(value) for key, value in body.items() if key != "Logger"}
    return [_without_logger(each) for each in body] if isinstance(body, list) else body


if __name__ == "__main__":
    answers = asked(Api(int(sys.argv[1])))
    ANSWERS.write_text("[\n" + ",\n".join(json.dumps(each) for each in answers) + "\n]\n", encoding="utf-8")
