"""What a class offers: its methods with their signatures, its attributes, its constants. Read without making one."""

from __future__ import annotations

import dis
import functools
import inspect
import sys
import typing
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from accord.testing.doubles.methods import UNKNOWN

# What Python itself asks of every object: the double keeps its own.
_OWN = frozenset(dir(object)) | {
    "__abstractmethods__", "__annotations__", "__annotate__", "__annotate_func__", "__class_getitem__", "__copy__",
    "__dataclass_fields__", "__dataclass_params__", "__deepcopy__", "__del__", "__dict__", "__getattr__",
    "__getnewargs__", "__getnewargs_ex__", "__match_args__", "__non_callable_proto_members__", "__orig_bases__",
    "__orig_class__", "__parameters__", "__post_init__", "__protocol_attrs__", "__replace__", "__setstate__",
    "__slots__", "__static_attributes__", "__firstlineno__", "__weakref__", "__annotations_cache__", "__type_params__",
}  # fmt: skip
_MACHINERY = ("abc", "typing", "builtins", "typing_extensions")


@dataclass(frozen=True, slots=True)
class Signature:
    """A method as the class declares it.

    Attributes:
        function: the original.
        signature: without ``self`` or ``cls``.
        returns: its resolved annotation, UNKNOWN where there is none that can be trusted.
        is_async: whether it is an ``async def``.
    """

    function: Any
    signature: inspect.Signature
    returns: Any
    is_async: bool


@dataclass(slots=True)
class Members:
    """What a class offers, by name."""

    methods: dict[str, Signature] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    """What each instance has: its annotation, UNKNOWN where it has none."""
    read_only: set[str] = field(default_factory=set)
    constants: dict[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        """All names."""
        return {*self.methods, *self.attributes, *self.constants}


_known: WeakKeyDictionary[type, Members] = WeakKeyDictionary()


def members_of(spec: type) -> Members:
    """What a class offers; looked up once for each class."""
    if spec not in _known:
        _known[spec] = _read(spec)
    return _known[spec]


def signature_of(function: Any, spec: type | None = None, *, bound: bool = False) -> Signature:
    """The signature of a function or method, and what it promises to return.

    Args:
        function: the original.
        spec: the class it belongs to, for ``Self``.
        bound: whether its first parameter is filled by the instance or the class.
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # written in C, without one
        signature = inspect.Signature(
            [
                inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL),
                inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD),
            ]
        )
    else:
        parameters = list(signature.parameters.values())
        if bound and parameters and parameters[0].kind is not inspect.Parameter.VAR_POSITIONAL:
            parameters = parameters[1:]
        signature = signature.replace(parameters=parameters)
    # What a decorator made may return something else than the function inside it says.
    returns = UNKNOWN if hasattr(function, "__wrapped__") else resolved(function, signature.return_annotation, spec)
    if inspect.isasyncgenfunction(function) or inspect.isgeneratorfunction(function):
        returns = UNKNOWN
    return Signature(function, signature, returns, inspect.iscoroutinefunction(function))


def resolved(owner: Any, annotation: Any, spec: type | None) -> Any:
    """An annotation as a value; UNKNOWN where its names exist for the type checker alone."""
    if isinstance(annotation, str):
        scope = getattr(owner, "__globals__", None) or vars(sys.modules.get(getattr(owner, "__module__", ""), typing))
        try:
            annotation = eval(annotation, dict(scope), dict(vars(spec)) if spec else {})  # noqa: S307 - the spec's own
        except Exception:  # noqa: BLE001 - whatever it is, there is no annotation to check by
            return UNKNOWN
    return spec if annotation is typing.Self and spec is not None else annotation


def _read(spec: type) -> Members:
    found = Members()
    for base in reversed([each for each in spec.__mro__ if each.__module__ not in _MACHINERY]):
        for name, annotation in inspect.get_annotations(base).items():
            if name not in _OWN:
                found.attributes[name] = resolved(base, annotation, spec)
        for name in _stored_by(vars(base).get("__init__")):
            found.attributes.setdefault(name, UNKNOWN)
        for name, value in vars(base).items():
            if name not in _OWN:
                _sort_in(found, spec, name, value)
    return found


def _sort_in(found: Members, spec: type, name: str, value: Any) -> None:
    places: tuple[dict[str, Any], ...] = (found.methods, found.constants)
    for place in places:
        place.pop(name, None)
    if isinstance(value, staticmethod):
        found.methods[name] = signature_of(value.__func__, spec)
    elif isinstance(value, classmethod):
        found.methods[name] = signature_of(value.__func__, spec, bound=True)
    elif isinstance(value, property):
        getter: Any = value.fget
        found.attributes[name] = signature_of(getter, spec).returns if getter else UNKNOWN
        if value.fset is None:
            found.read_only.add(name)
        else:
            found.read_only.discard(name)
    elif isinstance(value, functools.cached_property):
        found.attributes[name] = signature_of(value.func, spec).returns
    elif inspect.isroutine(value) or isinstance(value, functools.partialmethod):
        function = value.func if isinstance(value, functools.partialmethod) else value
        found.methods[name] = signature_of(function, spec, bound=True)
    elif hasattr(type(value), "__get__") and not inspect.isclass(value):
        found.attributes.setdefault(name, UNKNOWN)
    else:
        found.constants[name] = value


def _stored_by(function: Any) -> set[str]:
    """The attributes that ``__init__`` gives to its instance."""
    code = getattr(inspect.unwrap(function) if callable(function) else None, "__code__", None)
    if code is None:
        return set()
    return {str(step.argval) for step in dis.get_instructions(code) if step.opname == "STORE_ATTR"}
