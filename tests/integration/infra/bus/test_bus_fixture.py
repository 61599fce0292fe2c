"""The fixtures ``bus`` and ``captured_events`` in a project of its own: which bus, when it stops, what is refused."""

from __future__ import annotations

import pytest

from tests import prefork

FLOW = """
import pytest


async def place_order(bus):
    await bus.publish("orders.placed", {"id": "o-1"})


async def test_kind(bus, captured_events):
    await place_order(bus)
    await captured_events.expect({"id": "o-1"}, subject="orders.placed")
    await captured_events.no_other()
    print("kind:", bus.kind)
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeini(
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n"
    )
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return prefork.run_pytest(project.path, "-s", *arguments)


def test_it_is_in_memory_where_nobody_says_otherwise(project: pytest.Pytester) -> None:
    project.makepyfile(FLOW)
    result = run(project)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*kind: memory"])


def test_the_configuration_the_fixture_and_the_marker_say_in_this_order(project: pytest.Pytester) -> None:
    (project.path / "accord.toml").write_text('bus = "nats"\n')
    project.makepyfile(test_configured=FLOW)
    run(project).stdout.fnmatch_lines(["*kind: nats"])
    project.makeconftest("import pytest\n@pytest.fixture\ndef bus_kind():\n    return 'mock'\n")
    run(project).stdout.fnmatch_lines(["*kind: mock"])
    project.makepyfile(test_configured=FLOW.replace("async def test", '@pytest.mark.bus("memory")\nasync def test'))
    run(project).stdout.fnmatch_lines(["*kind: memory"])


def test_an_unknown_kind_is_answered_with_the_known_ones(project: pytest.Pytester) -> None:
    project.makepyfile(FLOW.replace("async def test", '@pytest.mark.bus("nuts")\nasync def test'))
    result = run(project)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*there is no bus 'nuts'; known: mock, memory, nats, kafka, rabbitmq"])


def test_a_unit_test_gets_no_real_broker(project: pytest.Pytester) -> None:
    folder = project.mkdir("unit")
    (folder / "test_flow.py").write_text(FLOW.replace("async def test", '@pytest.mark.bus("nats")\nasync def test'))
    result = run(project)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*of the level 'unit', which has no sockets, and asks for the bus 'nats'.*"])


def test_it_works_with_anyio(project: pytest.Pytester) -> None:
    project.makepyfile(FLOW.replace("async def test", "@pytest.mark.anyio\nasync def test"))
    project.makeconftest("import pytest\n@pytest.fixture\ndef anyio_backend():\n    return 'asyncio'\n")
    project.makeini("[pytest]\nfilterwarnings = error\n")
    result = prefork.run_pytest(project.path, plugins=("accord.pytest_plugin", "anyio.pytest_plugin"))
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("outcome", ["pass", "raise ValueError('the test fails')"])
def test_a_member_is_gone_when_its_test_is_over_however_it_ended(project: pytest.Pytester, outcome: str) -> None:
    project.makepyfile(f"""
        import asyncio
        import pytest

        @pytest.mark.bus("nats")
        async def test_first(bus):
            await bus.subscribe("orders.placed", print, group="billing")
            pytest.bus_of_before = bus
            {outcome}

        async def test_second():
            assert not pytest.bus_of_before._running
            assert len(asyncio.all_tasks()) == 1
    """)
    result = run(project)
    result.assert_outcomes(passed=2 if outcome == "pass" else 1, failed=0 if outcome == "pass" else 1)


def test_a_test_that_does_not_await_starts_it_itself(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import asyncio

        def test_sync(bus):
            async def flow():
                async with bus:
                    await bus.publish("a", 1)
                    await bus.settled()
            asyncio.run(flow())
    """)
    run(project).assert_outcomes(passed=1)


def test_the_markers_and_fixtures_are_listed(project: pytest.Pytester) -> None:
    prefork.run_pytest(project.path, "--markers").stdout.fnmatch_lines(
        ["@pytest.mark.bus(kind): what the fixture bus is:*"]
    )
    listed = prefork.run_pytest(project.path, "--fixtures").stdout
    listed.fnmatch_lines(["bus --*"])
    listed.fnmatch_lines(["captured_events --*"])
