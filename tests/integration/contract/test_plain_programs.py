"""Contracts written by programs without a test runner: at their end, and by several at once."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from accord import Pact, poll_until
from accord.core.documents import read_json_file

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import sys
from accord import Pact

pact = Pact("web", "orders")
for name, body in {pairs}:
    pact.expects_to_receive(name).with_content(body).verify(lambda *_: None)
"""
WRITER = """
import sys
from accord import Pact

for number in range(10):
    pact = Pact("web", "orders")
    pact.expects_to_receive(f"{sys.argv[1]} {number}").with_content({"n": number}).verify(lambda *_: None)
    pact.write()
"""


def run(folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def test_a_program_writes_its_contract_at_its_end(tmp_path: Path) -> None:
    done = run(tmp_path, PROGRAM.format(pairs=[("an event", {"a": 1})]))
    assert (done.returncode, done.stderr) == (0, "")
    assert len(read_json_file(tmp_path / "pacts" / "web-orders.json")["interactions"]) == 1


def test_a_conflict_ends_a_program_with_an_exit_code_and_nothing_is_written(tmp_path: Path) -> None:
    done = run(tmp_path, PROGRAM.format(pairs=[("an event", {"a": 1}), ("an event", {"a": 2})]))
    assert done.returncode == 1
    assert "the interaction 'an event' is defined twice, differently" in done.stderr
    assert not (tmp_path / "pacts").exists()


def test_what_can_be_told_only_at_the_end_is_told_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "pacts").mkdir()
    (tmp_path / "pacts" / "web-orders.json").write_text("no pact")
    done = run(tmp_path, PROGRAM.format(pairs=[("an event", {"a": 1})]))
    assert done.stderr.startswith("error: ")
    assert "call pact.write() at its end" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "pacts" / "web-orders.json").read_text() == "no pact"


def test_several_writers_of_one_contract_lose_nothing_and_no_reader_sees_half_of_it(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, name], cwd=tmp_path) for name in ("a", "b", "c")]
    path = tmp_path / "pacts" / "web-orders.json"
    seen = [0]

    def all_done() -> bool:
        if path.exists():
            count = len(json.loads(path.read_text())["interactions"])
            assert count >= seen[-1], "an interaction went missing"
            seen.append(count)
        return all(writer.poll() is not None for writer in writers)

    try:
        poll_until(all_done, description="the writers are done", timeout=60)
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    names = {item["description"] for item in json.loads(path.read_text())["interactions"]}
    assert names == {f"{name} {number}" for name in "abc" for number in range(10)}
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert Pact("web", "orders", directory=path.parent).path == path
