"""Finds the application a reference such as ``shop.main:create_app`` names, and tells ASGI from WSGI."""

from __future__ import annotations

import importlib
import inspect
import sys
import traceback
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from accord.core.errors import AppImportError, UsageError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable
    from types import ModuleType

AppKind = Literal["asgi", "wsgi"]

_DEFAULT_NAMES = ("app", "create_app")
_FRAMES_SHOWN = 3
_ASGI_ARGUMENTS = 3
_WSGI_ARGUMENTS = 2
_EXPECTED = "Expected module:attribute, such as shop.main:app or shop.main:create_app."


def load_app(reference: str, *, app_dir: str | os.PathLike[str] = ".", kind: AppKind | None = None) -> Any:
    """Import an application.

    Args:
        reference: ``module:attribute``; the attribute may be dotted. Without one, ``app`` and then ``create_app``
            are tried. A callable that needs no argument and is no application itself is called, as its factory.
        app_dir: the folder put first on the import path; the current one unless told.
        kind: what the application is, where its signature does not say.

    Raises:
        AppImportError: there is no such module or attribute, importing or calling it raised, or it is no application.
        UsageError: the reference names nothing, or the kind of application cannot be told.
    """
    module_name, colon, attribute = reference.strip().partition(":")
    if not module_name or (colon and not attribute):
        raise UsageError(f"{reference!r} names no application. {_EXPECTED}")
    folder = Path(app_dir).resolve()
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    module = _imported(module_name, folder)
    name, found = _found(module, module_name, attribute)
    return _application(found, f"{module_name}:{name}", kind)


def app_kind(app: object, *, kind: AppKind | None = None) -> AppKind:
    """Tell an ASGI 3 application from a WSGI one by how it is called.

    Args:
        app: the application.
        kind: what it is; given back as it is, for applications whose signature does not say.

    Raises:
        UsageError: it is neither, it is ASGI 2, or its signature does not say.
    """
    if kind is not None:
        return kind
    if not callable(app):
        raise UsageError(f"{_named(app)} is no application: it cannot be called. {_EXPECTED}")
    if (told := _told_kind(app)) is not None:
        return told
    if _is_asgi2(app):
        raise UsageError(
            f"{_named(app)} is an ASGI 2 application, called first with scope, then with receive and send. "
            f"Accord calls ASGI 3: wrap it with asgiref.compatibility.guarantee_single_callable."
        )
    raise UsageError(
        f"Whether {_named(app)} is an ASGI or a WSGI application cannot be told from its signature "
        f"{_signature_text(app)}. Expected: (scope, receive, send), or (environ, start_response). "
        f'If it is one, say so: kind="asgi" or kind="wsgi".'
    )


def _imported(name: str, folder: Path) -> ModuleType:
    if name.endswith(".py") or "/" in name or "\\" in name:
        dotted = name.removesuffix(".py").replace("\\", "/").strip("./").replace("/", ".")
        raise AppImportError(f"{name!r} is a file; a module is named with dots: {dotted}. {_EXPECTED}")
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise _broken(f"Importing {name!r}", error) from error
        raise AppImportError(_missing_module(name, error.name, folder)) from error
    except (Exception, SystemExit) as error:  # a script may exit when it is imported
        raise _broken(f"Importing {name!r}", error) from error


def _missing_module(name: str, missing: str, folder: Path) -> str:
    parent, _, last = missing.rpartition(".")
    if parent:
        package = sys.modules.get(parent)
        places = [Path(path) for path in getattr(package, "__path__", [])]
        where = f"in the package {parent!r}"
    else:
        places, where = [folder], f"in {folder} or among the installed packages"
    message = f"There is no module {missing!r} {where}"
    message += f" (wanted: {name!r})." if missing != name else "."
    near = _near(last, _modules_in(places))
    if near:
        return f"{message} Did you mean {'.'.join(filter(None, [parent, near]))!r}?"
    return f"{message} Check the name, or give the folder that holds it (--app-dir)."


def _modules_in(places: Iterable[Path]) -> set[str]:
    names: set[str] = set()
    for place in places:
        if place.is_dir():
            names |= {entry.stem for entry in place.iterdir() if entry.suffix == ".py" or _is_package(entry)}
    return names


def _is_package(entry: Path) -> bool:
    return entry.is_dir() and entry.name.isidentifier() and any(entry.glob("*.py"))


def _found(module: ModuleType, module_name: str, attribute: str) -> tuple[str, object]:
    if not attribute:
        for name in _DEFAULT_NAMES:
            if hasattr(module, name):
                return name, getattr(module, name)
        raise AppImportError(
            f"The module {module_name!r} has neither 'app' nor 'create_app'. "
            f"Name the application: {module_name}:NAME{_suggestion('app', module)}"
        )
    found: Any = module
    where = f"the module {module_name!r}"
    for part in attribute.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            raise AppImportError(f"There is no {part!r} in {where}{_suggestion(part, found)}") from None
        where = f"{module_name}:{attribute.partition(part)[0]}{part}"
    return attribute, found


def _suggestion(wanted: str, owner: object) -> str:
    names = [name for name in dir(owner) if not name.startswith("_") and callable(getattr(owner, name, None))]
    near = _near(wanted, names)
    if near:
        return f". Did you mean {near!r}?"
    return f". It has: {', '.join(names[:10])}." if names else ". It has nothing that can be called."


def _near(wanted: str, names: Iterable[str]) -> str | None:
    return next(iter(get_close_matches(wanted, sorted(names), n=1)), None)


def _application(found: object, reference: str, kind: AppKind | None) -> object:
    if not callable(found):
        raise AppImportError(
            f"{reference} is of type {type(found).__name__} and cannot be called: "
            f"it is no application and no factory of one."
        )
    if not _is_factory(found):
        needed = _needed_arguments(found)
        if kind is None and needed and _told_kind(found) is None and not _is_asgi2(found) and not _is_vague(found):
            raise AppImportError(
                f"{reference} is no application, and as its factory it needs arguments: {', '.join(needed)}. "
                f"Name a function that takes none and returns the application."
            )
        app_kind(found, kind=kind)
        return found
    if inspect.iscoroutinefunction(found):
        raise AppImportError(f"{reference} is an async factory. Name a function that is not async.")
    try:
        made = found()
    except (Exception, SystemExit) as error:
        raise _broken(f"The factory {reference}", error) from error
    if not callable(made) or (kind is None and _is_factory(made)):
        raise AppImportError(
            f"{reference}() returned {_named(made)}, which is no application. Let it return the application."
        )
    app_kind(made, kind=kind)
    return made


def _broken(what: str, error: BaseException) -> AppImportError:
    """What an import or a factory raised, with the last places it went through."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith("<frozen importlib") and frame.filename not in {__file__, importlib.__file__}
    ]
    shown = "".join(traceback.format_list(frames[-_FRAMES_SHOWN:]))
    reason = "".join(traceback.format_exception_only(error)).strip()
    return AppImportError(f"{what} raised {type(error).__name__}. Correct it there first:\n{shown}{reason}")


def _signature(app: object) -> inspect.Signature | None:
    try:
        return inspect.signature(app)  # type: ignore[arg-type] # what cannot be called raises TypeError
    except (TypeError, ValueError):
        return None


def _signature_text(app: object) -> str:
    signature = _signature(app)
    return "(unknown)" if signature is None else str(signature.replace(return_annotation=inspect.Signature.empty))


def _binds(signature: inspect.Signature, count: int) -> bool:
    try:
        signature.bind(*range(count))
    except TypeError:
        return False
    return True


def _is_factory(found: Callable[..., Any]) -> bool:
    signature = _signature(found)
    return signature is not None and _binds(signature, 0) and not _is_vague(found)


def _is_vague(app: object) -> bool:
    """Takes any number of arguments, so that their number says nothing."""
    signature = _signature(app)
    if signature is None:
        return True
    kinds = [parameter.kind for parameter in signature.parameters.values()]
    return inspect.Parameter.VAR_POSITIONAL in kinds


def _needed_arguments(found: object) -> list[str]:
    signature = _signature(found)
    if signature is None:
        return []
    return [
        parameter.name
        for parameter in signature.parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind not in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}
    ]


def _told_kind(app: object) -> AppKind | None:
    """What the signature of an application says; None when it says neither."""
    signature = _signature(app)
    if signature is None:
        return None
    names = _needed_arguments(app)
    asynchronous = _is_async(app)
    if _binds(signature, _ASGI_ARGUMENTS) and not _binds(signature, 0):
        awaited = inspect.isclass(app) and hasattr(app, "__await__")
        if asynchronous or awaited or names == ["scope", "receive", "send"]:
            return "asgi"
    if _is_vague(app):
        return "asgi" if asynchronous else None
    if len(names) == _WSGI_ARGUMENTS and not asynchronous and _binds(signature, _WSGI_ARGUMENTS):
        is_class = inspect.isclass(app)
        return "wsgi" if not is_class or hasattr(app, "__iter__") else None
    return None


def _is_async(app: object) -> bool:
    while isinstance(app, partial):
        app = app.func
    if inspect.isclass(app):
        return False
    return inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(getattr(app, "__call__", None))  # noqa: B004 - its kind is asked


def _is_asgi2(app: object) -> bool:
    if _needed_arguments(app) != ["scope"]:
        return False
    if inspect.isclass(app):
        return inspect.iscoroutinefunction(getattr(app, "__call__", None))  # noqa: B004 - its kind is asked
    return not _is_async(app)


def _named(app: object) -> str:
    name = getattr(app, "__qualname__", None)
    if isinstance(name, str):
        return f"{getattr(app, '__module__', '')}.{name}".removeprefix("builtins.")
    return f"the {type(app).__qualname__} object" if app is not None else "None"
