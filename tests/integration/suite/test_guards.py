"""What a test must not do at its level: a matrix of breaches by API, each refused at the line that does it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.integration.suite.breaches import ALLOWED, FORBIDDEN, HEADER, program
from tests.integration.suite.conftest import Project

if TYPE_CHECKING:
    from tests.integration.suite.conftest import Ran

CASES = [(guard, line) for guard, lines in FORBIDDEN.items() for line in lines]
LINES = [line for _, line in CASES] + ALLOWED


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    project = Project(tmp_path_factory.mktemp("matrix"))
    project.write("tests/unit/test_matrix.py", program(LINES))
    return project.pytest("-W", "ignore", "--tb=short")


@pytest.mark.parametrize(("guard", "line"), CASES)
def test_a_unit_test_fails_for_each_breach_and_the_message_names_the_line(ran: Ran, guard: str, line: str) -> None:
    name = f"test_{LINES.index(line)}"
    assert ran.outcomes[name] == "failure", ran.output
    assert "a test of the level 'unit' " in ran.texts[name]
    assert f"at {'tests/unit/test_matrix.py'}:" in ran.texts[name]
    assert f'If this one test must: @pytest.mark.allow("{guard}").' in ran.texts[name]


@pytest.mark.parametrize("line", ALLOWED)
def test_a_unit_test_may_do_what_has_no_effect_outside(ran: Ran, line: str) -> None:
    name = f"test_{LINES.index(line)}"
    assert ran.outcomes[name] == "passed", ran.texts[name]


def test_the_same_lines_pass_above_the_unit_level(project: Project) -> None:
    lines = [*FORBIDDEN["sleep"], *FORBIDDEN["database"], "subprocess.run(['true'])", "socket.socket().close()"]
    project.write("tests/integration/test_matrix.py", program(lines))
    ran = project.pytest("-W", "ignore")
    assert set(ran.outcomes.values()) == {"passed"}, ran.output


@pytest.mark.parametrize("level", ["integration", "contract", "component", "e2e"])
def test_every_level_refuses_hosts_outside(project: Project, level: str) -> None:
    lines = [
        "socket.getaddrinfo('example.com', 443)",
        "socket.create_connection(('192.0.2.1', 80), 0.1)",
        "httpx.get('http://example.com/')",
        "psycopg.connect('host=192.0.2.1 connect_timeout=2')",
        "grpc.insecure_channel('example.com:443')",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    ]
    project.write(f"tests/{level}/test_outside.py", program(lines))
    ran = project.pytest("-W", "ignore")
    assert list(ran.outcomes.values()) == ["failure"] * len(lines), ran.output
    assert all("which is outside" in text and '@pytest.mark.allow("hosts")' in text for text in ran.texts.values())


def test_this_machine_is_not_outside_and_a_host_can_be_named(project: Project) -> None:
    project.configure('[tool.accord]\nallowed_hosts = ["192.0.2.1"]\n')
    project.write(
        "tests/integration/test_inside.py",
        HEADER
        + """
def test_local():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()
        socket.getaddrinfo(socket.gethostname(), 80)

def test_named():
    with contextlib.suppress(OSError):
        socket.create_connection(("192.0.2.1", 80), 0.01)
""",
    )
    ran = project.pytest("-W", "ignore")
    assert set(ran.outcomes.values()) == {"passed"}, ran.output


def test_what_the_code_under_test_catches_fails_the_test_all_the_same(project: Project) -> None:
    project.write(
        "src/shop.py",
        "import socket\n\n\ndef price():\n    try:\n        socket.socket()\n    except Exception:\n        return 3\n",
    )
    project.write(
        "tests/unit/test_price.py",
        "import sys\nsys.path.insert(0, 'src')\nimport shop\n\n\ndef test_price():\n    assert shop.price() == 3\n",
    )
    ran = project.pytest()
    assert ran.outcomes == {"test_price": "failure"}
    assert "a test of the level 'unit' opens a socket\n  at src/shop.py:6 in price" in ran.texts["test_price"]


def test_a_marker_allows_one_test_what_its_level_forbids(project: Project) -> None:
    project.write(
        "tests/unit/test_allowed.py",
        HEADER
        + """
import pytest

@pytest.mark.allow("sleep", "subprocess")
def test_two():
    time.sleep(0.001)
    subprocess.run(["true"])

@pytest.mark.allow("sleep")
def test_one():
    time.sleep(0.001)
    subprocess.run(["true"])

@pytest.mark.allow("clock")
def test_clock():
    assert abs(time.time() - float(os.environ["NOW"])) < 600

@pytest.mark.allow("slep")
def test_wrong():
    pass
""",
    )
    project.write("conftest.py", "import os, time\nos.environ['NOW'] = str(time.time())\n")
    ran = project.pytest("-W", "ignore")
    assert ran.outcomes == {
        "test_two": "passed",
        "test_one": "failure",
        "test_clock": "passed",
        "test_wrong": "error",
    }
    assert "there is no such guard; known: hosts, network" in ran.texts["test_wrong"]


def test_what_is_set_up_for_many_tests_is_no_single_tests_deed(project: Project) -> None:
    project.write(
        "tests/conftest.py",
        """
import datetime, socket, threading, pytest

@pytest.fixture(scope="session", autouse=True)
def server():
    listening = socket.create_server(("127.0.0.1", 0))
    def accept():
        while True:
            try:
                listening.accept()[0].close()
            except OSError:
                return
    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield datetime.datetime.now(datetime.UTC)
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()

@pytest.fixture
def own():
    socket.socket()
""",
    )
    project.write(
        "tests/unit/test_a.py",
        "import datetime\n\ndef test_first(server): assert server != datetime.datetime.now(datetime.UTC)\n"
        "def test_second(): pass\ndef test_own(own): pass\n",
    )
    ran = project.pytest()
    assert ran.outcomes == {"test_first": "passed", "test_second": "passed", "test_own": "error"}, ran.output
    assert "at tests/conftest.py:21 in own" in ran.texts["test_own"]


def test_a_unit_test_that_takes_a_real_database_is_told_so(project: Project) -> None:
    project.write("tests/unit/test_a.py", "def test_orders(postgres): pass\n")
    ran = project.pytest()
    assert ran.outcomes == {"test_orders": "error"}
    assert "at a fixture of tests/unit/test_a.py::test_orders" in ran.texts["test_orders"]


def test_the_clock_of_a_unit_test_stands_and_its_random_numbers_repeat(project: Project) -> None:
    project.write(
        "tests/unit/test_a.py",
        """
import datetime, random, time
from datetime import datetime as moment
from time import time as now

NUMBERS = []

def test_clock():
    assert datetime.datetime.now(datetime.UTC).isoformat() == "2026-06-15T12:00:00+00:00"
    assert moment.now(datetime.UTC) == datetime.datetime.now(datetime.UTC)
    assert now() == time.time() == 1781524800
    assert datetime.date.today() == datetime.date(2026, 6, 15)
    started = time.perf_counter()
    while time.perf_counter() == started:
        pass

def test_numbers():
    NUMBERS.append(random.random())

def test_the_same_numbers():
    NUMBERS.append(random.random())
    assert len(set(NUMBERS)) == 1
""",
    )
    ran = project.pytest()
    assert set(ran.outcomes.values()) == {"passed"}, ran.output


def test_what_was_collected_is_no_more_looked_at_by_the_garbage_collector(project: Project) -> None:
    at_the_end = "config.add_cleanup(lambda: print('LEFT', gc.get_freeze_count()))"
    project.write("conftest.py", f"import gc\ndef pytest_configure(config): {at_the_end}\n")
    project.write("tests/unit/test_a.py", "import gc\ndef test_a(): assert gc.get_freeze_count() > 1000\n")
    ran = project.pytest("-s")
    assert set(ran.outcomes.values()) == {"passed"}, ran.output
    assert "LEFT 0" in ran.output


def test_reports_say_when_a_test_really_ran(project: Project) -> None:
    project.write("conftest.py", "def pytest_runtest_logreport(report): print('AT', report.start, report.stop)")
    project.write("tests/unit/test_a.py", "def test_first(): pass\ndef test_second(): pass\n")
    before = time.time()
    ran = project.pytest("-s")
    moments = [
        float(word) for line in ran.output.splitlines() if "AT " in line for word in line.split("AT ")[1].split()
    ]
    assert len(moments) == 12, ran.output
    assert all(before <= moment <= time.time() for moment in moments)


def test_other_ways_to_set_the_clock_go_first(project: Project) -> None:
    project.write(
        "tests/unit/test_a.py",
        """
import datetime
import pytest
import time_machine as machine

@pytest.mark.time_machine("2030-01-01")
def test_marked():
    assert datetime.date.today().year == 2030

@machine.travel("2031-01-01", tick=False)
def test_decorated():
    assert datetime.date.today().year == 2031

def test_moved(time_machine):
    time_machine.move_to("2032-01-01")
    assert datetime.date.today().year == 2032

def test_default():
    assert datetime.date.today().year == 2026
""",
    )
    project.plugins = "accord.pytest_plugin,time_machine"
    ran = project.pytest()
    assert set(ran.outcomes.values()) == {"passed"}, ran.output


def test_waiting_takes_no_time_in_a_unit_test_and_moves_its_clock(project: Project) -> None:
    project.write(
        "tests/unit/test_a.py",
        """
import time
import pytest
from accord import PollTimeout, poll_until

def test_late():
    due = time.time() + 3600
    assert poll_until(lambda: time.time() >= due, timeout=7200)

def test_never():
    with pytest.raises(PollTimeout, match=r"waited 86400 s for the end \\(in the virtual time of a unit test\\)"):
        poll_until(lambda: False, description="the end", timeout=86400)

def test_async():
    import asyncio
    seen = []
    async def worker():
        while len(seen) < 5:
            seen.append(1)
            await asyncio.sleep(0)
    async def check():
        return len(seen) == 5
    async def main():
        task = asyncio.create_task(worker())
        await poll_until(check, timeout=60)
        await task
    asyncio.run(main())
""",
    )
    ran = project.pytest()
    assert set(ran.outcomes.values()) == {"passed"}, ran.output


def test_a_project_without_levels_notices_nothing(project: Project) -> None:
    project.write(
        "tests/test_a.py",
        HEADER
        + "\ndef test_a():\n    time.sleep(0.001)\n    subprocess.run(['true'])\n    assert time.time() > 1.79e9\n",
    )
    ran = project.pytest("-W", "ignore")
    assert ran.outcomes == {"test_a": "passed"}, ran.output
    assert "= levels =" not in ran.output
    assert "over budget" not in ran.output
