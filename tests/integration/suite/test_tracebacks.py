"""What Accord says in a sentence comes without its own lines, as a project's own test run shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.suite.conftest import Project

TEST = """
import pytest

@pytest.fixture
def orders(postgres):
    return postgres

@pytest.fixture
def own():
    from accord.infra import NatsServer
    NatsServer(provider="nativ")

def test_of_the_fixture(postgres): ...
def test_of_one_that_asks_for_it(orders): ...
def test_of_the_projects_own(own): ...
"""


@pytest.fixture
def failing(project: Project) -> Project:
    project.configure("[tool.accord.postgres]\nurl = 'postgresql://me:s3cret@127.0.0.1:1/x'\n")
    project.write("tests/integration/test_orders.py", TEST)
    return project


@pytest.mark.parametrize("options", [[], ["--showlocals"], ["--tb=long"]])
def test_it_is_a_sentence_without_a_traceback_or_a_password(failing: Project, options: list[str]) -> None:
    ran = failing.pytest(*options)
    assert set(ran.outcomes.values()) == {"error"}
    assert "cannot connect to postgresql://me:***@127.0.0.1:1/x: connection failed" in ran.output
    assert "accord/infra" not in ran.output
    assert "s3cret" not in ran.output + "".join(ran.texts.values())


def test_a_fixture_of_the_project_is_named_with_its_line(failing: Project) -> None:
    ran = failing.pytest("-k", "own")
    assert "NATS has no provider 'nativ'; did you mean 'native'?" in ran.output
    assert "\ntests/integration/test_orders.py:11 in own\n" in ran.output


def test_full_trace_shows_where_in_accord(failing: Project) -> None:
    assert "accord/infra/postgres/existing.py" in failing.pytest("-k", "test_of_the_fixture", "--full-trace").output


def test_a_server_of_the_test_s_own_has_the_version_that_is_asked_for(project: Project) -> None:
    project.configure("[tool.accord.postgres]\nversion = '99'\n")
    project.write("tests/integration/test_orders.py", "def test_alone(postgres_alone): ...\n")
    assert "PostgreSQL 99 was asked for" in project.pytest().output


CALL = """
import httpx
from accord import poll_until
from accord.testing import double_from

DOCUMENT = {"openapi": "3.1.0", "info": {"title": "Payments", "version": "1"}, "paths": {}}

def pay(client):
    return client.post("/payments")

def test_of_a_client():
    double = double_from(openapi=DOCUMENT)
    with httpx.Client(transport=double.transport, base_url="http://payments") as client:
        pay(client)

def test_that_polls():
    poll_until(lambda: False, timeout=0)

def test_of_ones_own_check():
    def broken():
        raise OSError("the project's own")
    try:
        broken()
    except OSError as error:
        raise AssertionError("told apart") from error
"""


def test_a_finding_shows_the_projects_own_lines_alone(project: Project) -> None:
    project.write("tests/unit/test_payments.py", CALL)
    ran = project.pytest()
    assert set(ran.outcomes.values()) == {"failure"}
    for own in ("pay(client)", 'return client.post("/payments")'):
        assert own in ran.output
    assert "does not allow this request" in ran.output
    assert "poll_until(lambda: False, timeout=0)" in ran.output
    assert "the project's own" in ran.output
    whole = project.pytest("--full-trace").output
    for hidden in ("accord/core/polling.py", "accord/testing/doubles", "httpx/_client.py"):
        assert hidden not in ran.output
        assert hidden in whole
