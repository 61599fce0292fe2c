"""Factories of polyfactory and factory_boy that write to the session of the test."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def bound_to(session: Any, *factories: type[Any]) -> Iterator[None]:
    """Let factories write to a session while the block runs; afterwards they are as they were.

    Args:
        session: SQLAlchemy's Session; for factories of polyfactory an AsyncSession too (``create_async``).
        factories: classes made from polyfactory's ``SQLAlchemyFactory`` or factory_boy's ``SQLAlchemyModelFactory``.
            A factory_boy factory takes its sub-factories along; name those of polyfactory yourself.

    Raises:
        UsageError: a factory is neither, or cannot work asynchronously.
    """
    undo = []
    try:
        for factory in factories:
            undo += [_bind(each, session) for each in _with_parts(factory)]
        yield
    finally:
        for each in reversed(undo):
            each()


def _with_parts(factory: type[Any]) -> list[type[Any]]:
    """A factory, and for factory_boy those that make its parts."""
    found: list[type[Any]] = []
    waiting = [factory]
    while waiting:
        each = waiting.pop()
        if each in found:
            continue
        found.append(each)
        declarations = getattr(getattr(each, "_meta", None), "declarations", {})
        waiting += [part.get_factory() for part in declarations.values() if hasattr(part, "get_factory")]
    return found


def _bind(factory: type[Any], session: Any) -> Any:
    is_async = hasattr(session, "run_sync")  # an AsyncSession
    if hasattr(factory, "__async_session__"):
        name = "__async_session__" if is_async else "__session__"
        return _set(factory, name, session)
    options = getattr(factory, "_meta", None)
    if options is None or not hasattr(options, "sqlalchemy_session"):
        raise UsageError(
            f"{factory.__name__} is no factory with a session: expected a SQLAlchemyFactory of polyfactory or a "
            "SQLAlchemyModelFactory of factory_boy"
        )
    if is_async:
        raise UsageError(
            f"{factory.__name__} is of factory_boy, which cannot write to an AsyncSession; take polyfactory, or "
            "`await session.run_sync(lambda sync: ...)` with bound_to(sync, ...)"
        )
    return _set(options, "sqlalchemy_session", session)


def _set(owner: Any, name: str, value: Any) -> Any:
    """Set an attribute; gives the function that undoes it, as it was in the owner itself and not in its bases."""
    own = name in vars(owner)
    before = vars(owner).get(name)
    setattr(owner, name, value)
    return lambda: setattr(owner, name, before) if own else delattr(owner, name)
