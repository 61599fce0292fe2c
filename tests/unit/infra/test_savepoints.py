from __future__ import annotations

from contextvars import copy_context

import pytest

from accord.core.errors import IsolationError
from accord.infra.postgres.isolation.savepoints import Savepoints


class Session:
    """Whoever begins a transaction."""


@pytest.fixture
def stack() -> Savepoints:
    return Savepoints()


def begin(stack: Savepoints, owner: Session) -> str:
    (said,) = stack.begin(owner)
    return said.removeprefix("SAVEPOINT ")


def commit(stack: Savepoints, owner: Session) -> list[str]:
    with stack.committing(owner) as said:
        return said


def roll_back(stack: Savepoints, owner: Session) -> list[str]:
    with stack.rolling_back(owner) as said:
        return said


def test_a_commit_releases_and_a_rollback_goes_back(stack: Savepoints) -> None:
    one = Session()
    name = begin(stack, one)
    assert commit(stack, one) == [f"RELEASE SAVEPOINT {name}"]
    name = begin(stack, one)
    assert roll_back(stack, one) == [f"ROLLBACK TO SAVEPOINT {name}", f"RELEASE SAVEPOINT {name}"]
    assert roll_back(stack, one) == []
    assert stack.violation is None


def test_sessions_may_nest(stack: Savepoints) -> None:
    outer, inner = Session(), Session()
    outer_name, inner_name = begin(stack, outer), begin(stack, inner)
    assert commit(stack, inner) == [f"RELEASE SAVEPOINT {inner_name}"]
    assert commit(stack, outer) == [f"RELEASE SAVEPOINT {outer_name}"]


def test_what_a_transaction_starts_runs_inside_it(stack: Savepoints) -> None:
    outer, inner = Session(), Session()
    begin(stack, outer)
    child = copy_context()  # as a task or a thread of asyncio gets one
    child.run(begin, stack, inner)
    child.run(commit, stack, inner)
    commit(stack, outer)


def test_two_beside_one_another_are_refused_and_remembered(stack: Savepoints) -> None:
    one, other = Session(), Session()
    first, second = copy_context(), copy_context()
    first.run(begin, stack, one)
    with pytest.raises(IsolationError, match=r"run beside one another.*clone"):
        second.run(begin, stack, other)
    first.run(commit, stack, one)
    assert stack.violation is not None
    stack.clear()
    assert stack.violation is None
    second.run(begin, stack, other)


def test_one_after_the_other_is_fine_wherever_they_run(stack: Savepoints) -> None:
    for context in (copy_context(), copy_context()):
        session = Session()
        context.run(begin, stack, session)
        context.run(commit, stack, session)


def test_a_commit_around_an_open_transaction_is_refused(stack: Savepoints) -> None:
    outer, inner = Session(), Session()
    begin(stack, outer)
    begin(stack, inner)
    with pytest.raises(IsolationError, match="while one that began after it was still open"):
        commit(stack, outer)


def test_a_rollback_takes_what_began_inside_along_and_its_commit_is_refused(stack: Savepoints) -> None:
    outer, inner = Session(), Session()
    begin(stack, outer)
    begin(stack, inner)
    roll_back(stack, outer)
    with pytest.raises(IsolationError, match="after the one around it had been rolled back"):
        commit(stack, inner)


def test_nobody_begins_while_another_is_ending(stack: Savepoints) -> None:
    one, other = Session(), Session()
    first, second = copy_context(), copy_context()
    first.run(begin, stack, one)
    with stack.rolling_back(one), pytest.raises(IsolationError):
        second.run(begin, stack, other)
    second.run(begin, stack, other)
