"""Puts the guards' wrappers in, when a module is there or as soon as it is imported, and takes them out again."""

from __future__ import annotations

import importlib.util
import sys
import threading
from importlib.abc import Loader, MetaPathFinder
from itertools import repeat
from operator import is_
from typing import TYPE_CHECKING, Any

from accord.suite.guards import sleeps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

_PATCHES: dict[str, Callable[[ModuleType], dict[str, Any]]] = {
    "time": sleeps.wrap_time,
    "asyncio.tasks": sleeps.wrap_asyncio,
    "multiprocessing.process": lambda module: _drivers().multiprocessing(module),
    "dbm": lambda module: _drivers().dbm(module),
    "psycopg.generators": lambda module: _drivers().psycopg(module),
    "psycopg2": lambda module: _drivers().psycopg2(module),
    "grpc._channel": lambda module: _drivers().grpc(module),
    "uvloop": lambda module: _drivers().uvloop(module),
}
_undo: list[tuple[dict[str, Any], str, Any]] = []
_installations: list[str] = []  # one for each run that is on: a test may run tests in this process
_patched: set[str] = set()


def _drivers() -> Any:
    from accord.suite.guards import drivers  # noqa: PLC0415 - most runs load none of the modules that it is about

    return drivers


def install() -> None:
    """Wrap what is loaded, and what will be."""
    _installations.append("run")
    if len(_installations) > 1:
        return
    threading.Event.wait = sleeps.event_wait  # type: ignore[method-assign]
    for name in _PATCHES:
        if name in sys.modules:
            _patch(sys.modules[name], everywhere=True)
    sys.meta_path.insert(0, _FINDER)


def uninstall() -> None:
    """Put back what was there when the last run ends; drivers' classes stay wrapped, which means nothing by itself."""
    _installations.pop()
    if _installations:
        return
    sys.meta_path.remove(_FINDER)
    threading.Event.wait = sleeps._EVENT_WAIT  # type: ignore[method-assign]  # noqa: SLF001 - of this package
    while _undo:
        names, name, original = _undo.pop()
        names[name] = original
    _patched.difference_update({"time", "asyncio.tasks"})


def _patch(module: ModuleType, *, everywhere: bool) -> None:
    """Wrap a module's functions; everywhere also where modules have them by name."""
    if module.__name__ in _patched:
        return
    _patched.add(module.__name__)
    for name, wrapper in _PATCHES[module.__name__](module).items():
        original = getattr(module, name)
        _replace(vars(module), name, original, wrapper)
        for other in list(sys.modules.values()) if everywhere else ():
            names = getattr(other, "__dict__", None)
            if isinstance(names, dict) and _has(names, original) and not _is_own(other):
                for alias in [key for key, value in list(names.items()) if value is original]:
                    _replace(names, alias, original, wrapper)


def _has(names: dict[str, Any], wanted: Any) -> bool:
    """Whether a module has this very object; without a line of Python for each name, for this is at every start."""
    return any(map(is_, list(names.values()), repeat(wanted)))


def _is_own(module: ModuleType) -> bool:
    return module.__name__.startswith("accord.suite.guards")


def _replace(names: dict[str, Any], name: str, original: Any, wrapper: Any) -> None:
    _undo.append((names, name, original))
    names[name] = wrapper


class _Finder(MetaPathFinder):
    """Sees a module being imported, before whoever imports it can take a name out of it."""

    def __init__(self) -> None:
        self._looking: set[str] = set()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        if fullname not in _PATCHES or fullname in self._looking:
            return None
        self._looking.add(fullname)
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self._looking.discard(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _PatchingLoader(spec.loader)
        return spec


class _PatchingLoader(Loader):
    """Loads as the module's own loader does, then wraps."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        _patch(module, everywhere=False)


_FINDER = _Finder()
