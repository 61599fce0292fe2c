"""What cannot be noted: the service that is watched goes on, and the audit says what it does not know."""

import enum
import inspect
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from accord.contract.coverage import LostNotes, ObservedCall, read_notes, run_audit
from accord.contract.coverage.losses import read_losses
from accord.core.http.messages import HttpRequest, HttpResponse
from accord.testing.traffic import RecordingMiddleware, Traffic

FULL = Path("/dev/full")
CALL = ObservedCall("Web", "Orders", HttpRequest("GET", "/orders"), HttpResponse(200))
NO_SPACE = "No space left on device"

Name = enum.Enum("Name", "ORDERS")

needs_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")


@pytest.fixture
def traffic(tmp_path: Path) -> Iterator[Traffic]:
    made = Traffic(tmp_path / "run" / "main")
    yield made
    made.close()


def folder_of(traffic: Traffic) -> Path:
    assert traffic.folder
    return traffic.folder


def ask(traffic: Traffic) -> int:
    """One call through a recording transport."""
    inner = httpx.MockTransport(lambda _: httpx.Response(200, json=[]))
    with httpx.Client(transport=traffic.transport(inner, consumer="Web", provider="Orders")) as client:
        return client.get("http://orders/orders").status_code


def fill(folder: Path) -> None:
    """From here on there is no room for notes there."""
    (notes,) = folder.resolve().glob("*.jsonl")
    full = os.open(FULL, os.O_WRONLY)
    for each in Path("/proc/self/fd").iterdir():
        if each.resolve() == notes:
            os.dup2(full, int(each.name))
    os.close(full)


@needs_full
def test_a_full_disk_is_told_in_the_room_that_was_taken_before(traffic: Traffic) -> None:
    folder = folder_of(traffic)
    traffic.call(CALL)
    fill(folder)
    assert [ask(traffic), ask(traffic)] == [200, 200]
    traffic.message({}, provider="Orders", readers=["Mails", "Bills"])
    traffic.close()
    assert len(list(read_notes(folder))) == 1
    assert read_losses(folder) == [
        LostNotes("Web", "Orders", NO_SPACE, 2),
        LostNotes("Mails, Bills", "Orders", NO_SPACE, 1),
    ]
    assert traffic.lost == []  # they are told already


def test_a_folder_that_cannot_be_made_is_told_by_the_recorder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    traffic = Traffic(tmp_path / "file" / "notes")
    assert ask(traffic) == 200
    traffic.close()
    assert [(each.consumer, each.why, each.times) for each in traffic.lost] == [("Web", "Not a directory", 1)]


def test_a_folder_that_was_removed_is_made_again_and_what_was_in_it_is_lost(traffic: Traffic) -> None:
    folder = folder_of(traffic)
    assert [ask(traffic), ask(traffic)] == [200, 200]
    shutil.rmtree(folder)
    assert ask(traffic) == 200
    traffic.close()
    assert len(list(read_notes(folder))) == 1
    assert read_losses(folder) == [LostNotes("Web", "Orders", "the file of notes was removed", 2)]


def test_a_run_that_was_removed_stays_away_and_its_recorder_knows(traffic: Traffic) -> None:
    ask(traffic)
    shutil.rmtree(folder_of(traffic).parent)
    ask(traffic)
    traffic.close()
    assert not folder_of(traffic).parent.exists()
    assert {each.why: each.times for each in traffic.lost} == {
        "the file of notes was removed": 1,
        "No such file or directory": 1,
    }


def test_a_line_that_has_no_room_leaves_no_half_of_it(tmp_path: Path) -> None:
    program = (
        "import resource, sys; from pathlib import Path; from accord.testing.traffic import Traffic\n"
        "from accord.contract.coverage import ObservedCall; from accord.core.http.messages import HttpRequest\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "traffic = Traffic(Path(sys.argv[1]))\n"
        "for body in (b'', b'x' * 30_000, b''):\n"
        "    traffic.call(ObservedCall('Web', 'Orders', HttpRequest('PUT', '/orders', (), body)))\n"
    )
    subprocess.run([sys.executable, "-c", program, tmp_path], check=True, timeout=30)
    assert [len(each.request.body) for each in read_notes(tmp_path) if isinstance(each, ObservedCall)] == [0, 0]
    assert [each.times for each in read_losses(tmp_path)] == [1]


@pytest.mark.parametrize("letter", ["é", "\x01", "😀", "\udc80"])
def test_more_kinds_than_there_is_room_for_are_counted_together(traffic: Traffic, letter: str) -> None:
    traffic.call(CALL)
    (file,) = folder_of(traffic).glob("*.lost")
    room = file.stat().st_size
    for number in range(50):
        traffic.lose(f"{number}{letter * 100}", letter * 100, OSError(28, letter * 100))
    losses = read_losses(folder_of(traffic))
    assert (sum(each.times for each in losses), losses[-1].why) == (50, "further reasons")
    assert file.stat().st_size == room  # none is taken on a disk that is full by then


def test_what_is_lost_before_anything_was_noted_is_told_in_the_folder(traffic: Traffic) -> None:
    traffic.lose("Web", "Orders", ValueError("odd"))
    assert read_losses(folder_of(traffic)) == [LostNotes("Web", "Orders", "ValueError", 1)]


def test_a_second_recorder_of_the_same_process_leaves_what_the_first_told(traffic: Traffic) -> None:
    traffic.lose("Web", "Orders", OSError(28, NO_SPACE))
    second = Traffic(folder_of(traffic))
    second.call(CALL)
    second.close()
    assert read_losses(folder_of(traffic)) == [LostNotes("Web", "Orders", NO_SPACE, 1)]
    assert len(list(folder_of(traffic).glob("*.jsonl"))) == 2  # who cuts off half a line cuts off his own


def test_a_function_of_the_test_that_fails_does_not_reach_the_service(traffic: Traffic) -> None:
    def whose(url: str) -> str | None:
        raise KeyError(f"Bearer {url}")

    with traffic.watch("Web", whose), httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(204))) as it:
        assert it.get("http://orders").status_code == 204
    assert read_losses(folder_of(traffic)) == [LostNotes("Web", "?", "KeyError", 1)]  # its text may be a secret


@pytest.mark.parametrize("name", [Name.ORDERS, 5, b"Orders"])
def test_nor_does_a_name_that_is_no_text(traffic: Traffic, name: Any) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(204))
    with traffic.watch("Web", lambda _: name), httpx.Client(transport=transport) as client:
        assert client.get("http://orders").status_code == 204
    traffic.lose(name, name, OSError(28, name))
    assert read_losses(folder_of(traffic)) == [LostNotes("Web", "?", "TypeError", 1), LostNotes("?", "?", "?", 1)]
    assert list(read_notes(folder_of(traffic))) == []


@pytest.mark.parametrize(
    ("consumer", "why"),
    [
        (lambda headers: headers["x-caller"], "KeyError"),
        (lambda _: Name.ORDERS, "TypeError"),
        (lambda _: 5, "TypeError"),
    ],
)
async def test_nor_does_it_reach_an_application(traffic: Traffic, consumer: Any, why: str) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    around = RecordingMiddleware(app, traffic, provider="Orders", consumer=consumer)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(around), base_url="http://orders") as client:
        assert (await client.get("/orders")).status_code == 204
    assert read_losses(folder_of(traffic)) == [LostNotes("?", "Orders", why, 1)]
    assert list(read_notes(folder_of(traffic))) == []


def test_an_audit_with_a_gap_is_no_success_and_names_it(traffic: Traffic, tmp_path: Path) -> None:
    traffic.call(CALL)
    (file,) = folder_of(traffic).glob("*.jsonl")
    traffic.lose("Web", "Carts", OSError(28, NO_SPACE))
    result = run_audit(file, tmp_path / "pacts", lost=[LostNotes("Web", "Users", "gone", 2)])
    assert not result.coverage.success
    assert [line for line in result.render() if "nothing is known" in line] == [
        "✗ Web -> Users: 2 notes lost, so that of these calls or messages nothing is known: gone",
        f"✗ Web -> Carts: 1 note lost, so that of these calls or messages nothing is known: {NO_SPACE}",
    ]
    assert json.dumps(result.to_json()["lost"])


TESTS = f"""
import httpx, os, pytest
from pathlib import Path

FULL = "/dev/full"
{inspect.getsource(fill)}
@pytest.fixture(scope="session", autouse=True)
def full_disk(traffic):
    traffic.lose("Web", "Carts", ValueError("odd"))
    fill(traffic.folder)

@pytest.mark.parametrize("number", range(4))
def test_asks(traffic, number):
    with traffic.watch("Web", {{"Orders": "http://orders"}}):
        with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
            assert client.get("http://orders/orders").status_code == 200

def test_asks_what_cannot_be_told(traffic):
    for file in traffic.folder.glob("*.lost"):
        file.unlink()
"""


@needs_full
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_run_that_could_not_note_fails_at_its_end_with_the_reason(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, workers: tuple[str, ...]
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name in ("ACCORD_TRAFFIC_RUN", "ACCORD_JOURNAL", "PYTEST_XDIST_WORKER", "PYTEST_CURRENT_TEST"):
        monkeypatch.delenv(name, raising=False)
    pytester.makepyfile(test_shop=TESTS)
    plugins = ["-p", "accord.pytest_plugin", *(["-p", "xdist"] if workers else []), "-p", "no:cacheprovider"]
    found = pytester.runpytest_subprocess(*plugins, *workers, timeout=60)
    assert found.ret == 1
    found.assert_outcomes(passed=5)
    lines = [line for line in found.outlines if line.startswith("✗")]
    assert sum(int(line.split(": ")[1].split()[0]) for line in lines if "Web -> Orders" in line) == 4
    assert all(line.endswith(NO_SPACE) for line in lines if "Web -> Orders" in line)
    assert any("Web -> Carts: 1 note" in line and line.endswith(": ValueError") for line in lines)


def test_a_process_says_what_it_could_not_note(traffic: Traffic, tmp_path: Path) -> None:
    (tmp_path / "service.py").write_text(
        "import httpx\ntry:\n    httpx.get('http://127.0.0.1:1/')\nexcept httpx.ConnectError:\n    print('went on')\n"
    )
    (tmp_path / "run").touch()  # where the folder of notes would be
    done = subprocess.run(
        traffic.command("service"),
        cwd=tmp_path,
        env=traffic.environment("Web", {"Orders": "http://127.0.0.1:1"}),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout == "went on\n"
    assert done.stderr == "accord: 1 call of Web to Orders could not be noted: Not a directory\n"
