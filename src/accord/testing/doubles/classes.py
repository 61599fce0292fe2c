"""``double(Class)``: a stand-in that offers what the class offers, takes what it takes, and answers what it is told."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from accord.core.errors import UsageError
from accord.testing.doubles import ledger
from accord.testing.doubles.findings import DoubleLies, NoAnswerSet, NotInSpec, nearest
from accord.testing.doubles.members import Members, Signature, members_of, signature_of
from accord.testing.doubles.methods import UNKNOWN, Method, function_of
from accord.testing.doubles.shapes import misfit

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")


def double(spec: Callable[..., T], /, **attributes: Any) -> T:
    """Make a double of a class, an abstract class or a protocol.

    Args:
        spec: the class. Its constructor is not run.
        attributes: what its attributes and properties hold.

    Raises:
        UsageError: not a class.
        NotInSpec: the class has no such attribute.
        DoubleLies: an attribute's annotation does not allow the value.
    """
    if not inspect.isclass(spec):
        raise UsageError(f"double({spec!r}): expected a class; for a function there is function_double(…)")
    made = _class_for(spec)()
    for name, value in attributes.items():
        _put(made, name, value, by_test=True)
    return made  # type: ignore[no-any-return]  # that it is one is the point


def function_double(spec: Callable[P, R], /) -> Callable[P, R]:
    """Make a double of a function, async or not.

    Raises:
        UsageError: a class, or nothing to call.
    """
    if inspect.isclass(spec) or not callable(spec):
        raise UsageError(f"function_double({spec!r}): expected a function; for a class there is double(…)")
    # A bound method's signature is without its self already.
    name = getattr(spec, "__qualname__", type(spec).__name__)
    return function_of(_method(f"{spec.__module__}.{name}", "", signature_of(spec), None), spec)


class _Double:
    """What doubles of all classes have in common; each class has its own below this."""

    _accord_spec: type
    _accord_members: Members

    def __init__(self) -> None:
        spec = self._accord_spec
        for name, each in self._accord_members.methods.items():
            method = _method(_title(spec), name, each, _default(self, spec, name, each))
            self.__dict__[name] = function_of(method, each.function)
        self.__dict__.update(self._accord_members.constants)

    def __getattr__(self, name: str) -> Any:
        spec, members = self._accord_spec, self._accord_members
        if name in members.attributes:
            raise ledger.found(
                NoAnswerSet(
                    f"{_title(spec)}.{name} was read, and nobody said what it is: double({spec.__name__}, {name}=…)"
                )
            )
        raise NotInSpec(f"{_title(spec)} has no attribute {name!r}; {nearest(name, _public(members))}")

    def __setattr__(self, name: str, value: Any) -> None:
        _put(self, name, value, by_test=False)

    def __repr__(self) -> str:
        return f"<double of {_title(self._accord_spec)}>"


def _put(made: Any, name: str, value: Any, *, by_test: bool) -> None:
    spec, members = made._accord_spec, made._accord_members  # noqa: SLF001 - of this module
    if name in members.read_only and not by_test:
        raise AttributeError(f"{_title(spec)}.{name} is a property without a setter: double({spec.__name__}, {name}=…)")
    if name not in members.attributes and name not in members.constants:
        what = "is a method: when(…) sets its answers" if name in members.methods else "is not there"
        raise NotInSpec(f"{_title(spec)}.{name} {what}; {nearest(name, _public(members))}")
    annotation = members.attributes.get(name, UNKNOWN)
    wrong = None if annotation is UNKNOWN else misfit(value, annotation)
    if wrong is not None:
        raise DoubleLies(f"{_title(spec)}.{name} is annotated {inspect.formatannotation(annotation)}: {wrong}")
    made.__dict__[name] = value


def _class_for(spec: type) -> type:
    members = members_of(spec)
    special = {name: _special(name) for name in members.methods if name.startswith("__") and name.endswith("__")}
    content = {
        "_accord_spec": spec,
        "_accord_members": members,
        "__class__": property(lambda _: spec),  # so that isinstance() says yes, for protocols too
        "__doc__": spec.__doc__,
        "__hash__": object.__hash__,
        **special,
    }
    return type(spec.__name__, (_Double,), content)


def _special(name: str) -> Callable[..., Any]:
    """What Python looks for in the class, such as ``__enter__``: passed on to the instance."""

    def passed_on(self: Any, *args: Any, **kwargs: Any) -> Any:
        return self.__dict__[name](*args, **kwargs)

    return passed_on


def _default(made: Any, spec: type, name: str, each: Signature) -> Callable[[], Any] | None:
    """The one thing that can be answered where nobody set anything; else a test has to say it."""
    if name in ("__enter__", "__aenter__", "__aiter__", "__iter__") and (each.returns in (spec, UNKNOWN)):
        return lambda: made
    if name in ("__exit__", "__aexit__") or each.returns is None or each.returns is type(None):
        return lambda: None
    return None


def _method(owner: str, name: str, each: Signature, default: Callable[[], Any] | None) -> Method:
    if default is None and each.returns in (None, type(None)):
        default = _nothing
    return Method(owner, name or owner, each.signature, each.returns, is_async=each.is_async, default=default)


def _nothing() -> None:
    return None


def _title(spec: type) -> str:
    return f"{spec.__module__}.{spec.__qualname__}"


def _public(members: Members) -> set[str]:
    return {name for name in members.names if not name.startswith("_")}
