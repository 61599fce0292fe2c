"""Bad input of every kind, through the command line, with limits: what is said, by which exit code, at what cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from accord.core.http.server import listen

if TYPE_CHECKING:
    from pathlib import Path

MEMORY_LIMIT = 400
"""Megabytes that one command may take at most."""

TIMEOUT = 60
"""Seconds after which a command is taken for hung; far above what is allowed, as machines differ."""

# Measured by the program itself: what a child counts for its parent begins with the parent's own size.
PROGRAM = """
import resource, runpy, sys, time
resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000, 2_000_000_000))
begin = time.perf_counter()
measurements = sys.argv.pop(1)
try:
    runpy.run_path(sys.argv.pop(1), run_name="__main__") if sys.argv[1].endswith(".py") else runpy.run_module(sys.argv.pop(1), run_name="__main__")
finally:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    try:
        status = open("/proc/self/status").read()
        peak = int(status.partition("VmHWM:")[2].split()[0]) // 1024
    except OSError:
        pass
    open(measurements, "w").write(f"{peak} {time.perf_counter() - begin}")
"""
PROVIDER = """
from pathlib import Path
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    return [Path(__file__).with_name("answer").read_bytes()]
"""
BROKEN_PROVIDER = "raise ValueError('no settings')"
SERVING = """
import sys
from accord import AccordError, Pact
pact = Pact("web", "orders").upon_receiving("a").with_request("GET", "/").will_respond_with(200)
try:
    with pact.serve(port={port}):
        pass
except AccordError as error:
    print(f"error: {{error}}", file=sys.stderr)
    sys.exit(error.exit_code)
"""


@dataclass(frozen=True)
class Case:
    """One kind of bad input.

    Attributes:
        pact: the pact file; a JSON value, or the bytes of the file.
        exit_code: 1 where a provider breaks a contract, 2 where nothing can be judged.
        said: what the message must hold.
        answer: the body that the provider sends.
        app: what is given as --app.
        program: a program to run instead of accord verify.
    """

    pact: Any
    exit_code: int
    said: tuple[str, ...]
    answer: bytes = b'{"name": "x"}'
    app: str = "provider:app"
    program: str | None = None
    files: dict[str, str] = field(default_factory=dict)


def pact(body: Any = None, rules: Any = None, version: str = "3.0.0", **request: Any) -> dict[str, Any]:
    response: dict[str, Any] = {"status": 200}
    if body is not None:
        response["body"] = body
    if rules is not None:
        response["matchingRules"] = rules
    return {
        "consumer": {"name": "web"},
        "provider": {"name": "orders"},
        "interactions": [
            {"description": "an order", "request": {"method": "GET", "path": "/", **request}, "response": response}
        ],
        "metadata": {"pactSpecification": {"version": version}},
    }


def ruled(*matchers: Any, path: str = "$.name") -> dict[str, Any]:
    return pact({"name": "abc"}, {"body": {path: {"matchers": list(matchers)}}})


RULE = "$.interactions[0].response.matchingRules.body['$.name']"
GOOD = json.dumps(pact({"name": "x"}), indent=1).encode()
DEEP = b"[" * 100_000 + b"]" * 100_000
BIG = 50_000_000

CASES = {
    "truncated": Case(GOOD[: len(GOOD) // 2], 2, ("p.json", "is it truncated?", "line ")),
    "truncated inside a text": Case(GOOD[: GOOD.index(b"orders") + 2], 2, ("p.json", "is it truncated?", "line 6")),
    "empty": Case(b"", 2, ("p.json", "is empty")),
    "wrong encoding": Case(json.dumps(pact({"name": "ä"}), ensure_ascii=False).encode("latin-1"), 2, ("p.json", "is not UTF-8", "0xe4")),
    "UTF-16": Case(json.dumps(pact()).encode("utf-16"), 2, ("p.json", "UTF-16")),
    "unknown version": Case(pact(version="9.0"), 2, ("p.json", "$.metadata.pactSpecification", "'9.0'", "known: 1.0")),
    "not an object": Case([1, 2], 2, ("p.json", "$: a pact is a JSON object; seen an array")),
    "interactions that are none": Case({**pact(), "interactions": 5}, 2, ("p.json", "$.interactions", "the number 5")),
    "an invalid rule path": Case(ruled({"match": "type"}, path="$.name["), 2, ("p.json", "'an order'", "['$.name[']", "column 7")),
    "an unknown rule": Case(ruled({"match": "tipe"}), 2, ("p.json", "'an order'", RULE, "did you mean 'type'?")),
    "an invalid regex": Case(ruled({"match": "regex", "regex": "(a"}), 2, ("p.json", "'an order'", RULE, "'(a' is not a valid regular expression")),
    "a regex that takes all memory": Case(ruled({"match": "regex", "regex": "((a{1000}){1000}){1000}"}), 2, ("p.json", "'an order'", RULE, "repeats more than")),
    "a regex nested too deep": Case(ruled({"match": "regex", "regex": "(" * 50_000}), 2, ("p.json", "'an order'", RULE, "nest too deep")),
    "a regex that would run for ever": Case(
        ruled({"match": "regex", "regex": "(a|aa)+"}), 1, ("p.json", "an order", "body $.name", "still running after 1 s"),
        answer=json.dumps({"name": "a" * 60 + "c"}).encode(),
    ),
    "a date format that would run for ever": Case(
        ruled({"match": "datetime", "format": "zvVOzvVO" * 12}), 1, ("p.json", "an order", "body $.name"),
        answer=json.dumps({"name": "aA/" * 300 + "!"}).encode(),
    ),
    "nesting of 100,000": Case(DEEP, 2, ("p.json", "is nested deeper than 200 levels")),
    "nesting of 100,000 in a body": Case(
        json.dumps(pact("@")).encode().replace(b'"@"', DEEP), 2, ("p.json", "is nested deeper than 200 levels")
    ),
    "nesting of 100,000 in an answer": Case(pact({"name": "x"}), 1, ("p.json", "an order", "body $", "is nested deeper than 200 levels"), answer=DEEP),
    "a key twice": Case(GOOD.replace(b'"method"', b'"path": "/x", "method"'), 2, ("p.json", "has the key 'path' twice")),
    "an integer of a million digits": Case(
        json.dumps(pact("@")).encode().replace(b'"@"', b"1" * 1_000_000), 2, ("p.json", "more digits than any program reads")
    ),
    "an answer with a million digits": Case(pact({"name": "x"}), 1, ("p.json", "an order", "body $", "more digits"), answer=b"[" + b"1" * 1_000_000 + b"]"),
    "an answer that is not what its content type says": Case(
        pact({"name": "x"}), 1, ("p.json", "an order", "body $", "expected JSON, but the body is not valid JSON", "line 1, column 1"), answer=b"<html>no</html>"
    ),
    "an answer that is not UTF-8": Case(pact({"name": "x"}), 1, ("p.json", "an order", "body $", "is not UTF-8"), answer=b'{"name": "\xff"}'),
    "an answer with half a surrogate pair": Case(pact({"name": "x"}), 1, ("p.json", "an order", "body $.name", "\\ud800"), answer=b'{"name": "\\ud800"}'),
    "a body that is not what its encoding says": Case(
        {**pact(version="4.0"), "interactions": [{"type": "Synchronous/HTTP", "description": "an order", "response": {"body": {"content": "!", "encoded": "base64"}}}]},
        2,
        ("p.json", "'an order'", "$.interactions[0].response.body.content", "is not base64"),
    ),
    "an answer of 50 MB": Case(pact({"name": "x"}), 1, ("p.json", "an order", "10"), answer=b'{"name": "' + b"x" * BIG + b'"}'),
    "a pact file of 50 MB in one text": Case(json.dumps(pact({"name": "x" * BIG})).encode(), 1, ("p.json", "an order", "body $.name")),
    "a pact file of 50 MB in many values": Case(
        json.dumps(pact("@")).encode().replace(b'"@"', b"[" + b"{}," * (BIG // 3) + b"{}]"), 2, ("p.json", "with more than 600000 values")
    ),
    "a pact file of many keys": Case(
        json.dumps(pact("@")).encode().replace(b'"@"', b"{" + b",".join(b'"k%07d":"%07d"' % (n, n) for n in range(590_000)) + b"}"), 1, ("p.json", "an order", "body $.k0000000")
    ),
    "an answer of 10 MB in many values": Case(pact({"name": "x"}), 1, ("p.json", "an order", "body $", "with more than 600000 values"), answer=b"[" + b"{}," * 3_300_000 + b"{}]"),
    "an answer of 10 MB in one text with many commas": Case(pact({"name": "x"}), 1, ("p.json", "an order", "body $.name"), answer=b'{"name": "' + b"," * 10_000_000 + b'"}'),
    "a pact file of 70 MB": Case(json.dumps(pact({"name": "x" * 70_000_000})).encode(), 2, ("p.json", "is 70.0 MB; the limit is")),
    "an app that cannot be imported": Case(pact(), 2, ("There is no module 'provder'", "Did you mean 'provider'?"), app="provder:app"),
    "an app that is not in its module": Case(pact(), 2, ("There is no 'ap' in the module 'provider'", "Did you mean 'app'?"), app="provider:ap"),
    "an app that raises when it is imported": Case(
        pact(), 2, ("Importing 'broken' raised ValueError", "no settings", "broken.py"), app="broken:app", files={"broken.py": BROKEN_PROVIDER}
    ),
    "a port taken": Case(pact(), 2, ("is taken: something listens there already", "Port "), program=SERVING),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_told_where_and_why_at_a_bounded_cost(
    name: str, tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    case = CASES[name]
    (tmp_path / "p.json").write_bytes(case.pact if isinstance(case.pact, bytes) else json.dumps(case.pact).encode())
    (tmp_path / "provider.py").write_text(PROVIDER)
    (tmp_path / "answer").write_bytes(case.answer)
    for file, text in case.files.items():
        (tmp_path / file).write_text(text)
    measurements = tmp_path / "measurements"
    with listen(lambda _: pytest.fail("nothing should be asked")) as taken:
        if case.program is None:
            arguments = [
                "accord",
                "verify",
                "orders",
                "--app",
                case.app,
                "--pacts",
                "p.json",
                "--provider-version",
                "1",
            ]
        else:
            (tmp_path / "program.py").write_text(case.program.format(port=taken.port))
            arguments = ["program.py"]
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(measurements), *arguments],
            cwd=tmp_path, env=os.environ, capture_output=True, check=False, timeout=TIMEOUT,
        )  # fmt: skip
    output = done.stdout.decode() + done.stderr.decode()
    peak, seconds = measurements.read_text().split()
    record_property("megabytes", peak)
    record_property("seconds", seconds)
    print(f"{name}: exit code {done.returncode}, {peak} MB, {float(seconds):.2f} s\n{output[:2000]}")
    assert done.returncode == case.exit_code
    assert [part for part in case.said if part not in output] == []
    assert "Traceback" not in output
    assert len(output) < 20_000
    assert int(peak) <= MEMORY_LIMIT
