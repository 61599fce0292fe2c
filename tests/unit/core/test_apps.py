"""Applications found by name, and told apart by how they are called."""

from __future__ import annotations

import sys
from functools import partial, wraps
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Router

from accord.core.apps import app_kind, load_app
from accord.core.errors import AppImportError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


async def asgi(scope: Any, receive: Any, send: Any) -> None: ...


async def asgi_renamed(s: Any, r: Any, w: Any, extra: Any = None) -> None: ...


def asgi_not_async(scope: Any, receive: Any, send: Any) -> Any: ...


async def asgi_any(*args: Any) -> None: ...


async def asgi_bound(settings: Any, scope: Any, receive: Any, send: Any) -> None: ...


@wraps(asgi)
def asgi_wrapped(*args: Any) -> Any:
    return asgi(*args)


class AsgiObject:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...

    async def method(self, scope: Any, receive: Any, send: Any) -> None: ...


class Asgi2:
    def __init__(self, scope: Any) -> None: ...

    async def __call__(self, receive: Any, send: Any) -> None: ...


def asgi2(scope: Any) -> Any: ...


def wsgi(environ: Any, start_response: Any) -> list[bytes]:
    return []


def wsgi_with_options(env: Any, start: Any, *, debug: bool = False) -> list[bytes]:
    return []


def wsgi_bound(settings: Any, environ: Any, start_response: Any) -> list[bytes]:
    return []


class WsgiObject:
    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        return []


class WsgiClass:
    def __init__(self, environ: Any, start_response: Any) -> None: ...

    def __iter__(self) -> Iterator[bytes]:
        return iter(())


class NotAnApp:
    def __init__(self, one: Any, two: Any) -> None: ...


@pytest.mark.parametrize(
    ("app", "kind"),
    [
        (asgi, "asgi"),
        (asgi_renamed, "asgi"),
        (asgi_not_async, "asgi"),
        (asgi_any, "asgi"),
        (asgi_wrapped, "asgi"),
        (partial(asgi_bound, {}), "asgi"),
        (partial(partial(asgi_bound, {})), "asgi"),
        (AsgiObject(), "asgi"),
        (AsgiObject().method, "asgi"),
        (FastAPI(), "asgi"),
        (Starlette(), "asgi"),
        (Router(), "asgi"),
        (CORSMiddleware(Starlette()), "asgi"),
        (GZipMiddleware(Starlette()), "asgi"),
        (HTTPEndpoint, "asgi"),
        (wsgi, "wsgi"),
        (wsgi_with_options, "wsgi"),
        (partial(wsgi_bound, {}), "wsgi"),
        (WsgiObject(), "wsgi"),
        (WsgiObject().__call__, "wsgi"),
        (WsgiClass, "wsgi"),
    ],
)
def test_the_signature_tells_the_kind(app: object, kind: str) -> None:
    assert app_kind(app) == kind


@pytest.mark.parametrize("app", [asgi2, Asgi2])
def test_asgi_2_is_refused_with_the_way_out(app: object) -> None:
    with pytest.raises(UsageError, match=r"is an ASGI 2 application.*guarantee_single_callable"):
        app_kind(app)


@pytest.mark.parametrize(
    "app", [Mock(), NotAnApp, lambda *args: None, lambda one: None, lambda a, b, c: None, max, print]
)
def test_what_cannot_be_told_has_to_be_said(app: object) -> None:
    with pytest.raises(UsageError, match=r"cannot be told from its signature .* kind=\"asgi\" or kind=\"wsgi\""):
        app_kind(app)
    assert app_kind(app, kind="wsgi") == "wsgi"


def test_what_cannot_be_called_is_no_application() -> None:
    with pytest.raises(UsageError, match="the dict object is no application: it cannot be called"):
        app_kind({})


MAIN = """
from {package}.parts import deep

def wsgi(environ, start_response):
    return []

async def asgi(scope, receive, send):
    pass

class Holder:
    inner = staticmethod(wsgi)

class Lazy:
    def __call__(self, environ, start_response):
        return []

def create_app(debug=False):
    return asgi

def create_vague():
    return lambda *args: None

def create_with(settings, *, clock):
    return asgi

async def create_async():
    return asgi

def create_nothing():
    return None

def create_factory():
    return create_app

def create_broken():
    deep()

number = 3
old = lambda scope: None
vague = lambda *args: []
"""
PARTS = """
def deep():
    raise RuntimeError("no settings")
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[str]:
    """A project in the current folder; gives the name of its package, different for each test."""
    package = f"shop_{abs(hash(request.node.name)):x}"
    monkeypatch.syspath_prepend("")  # so that what is put on the path is taken away
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / package
    folder.mkdir()
    for name, text in {
        "__init__": "",
        "main": MAIN.format(package=package),
        "parts": PARTS,
        "needs": "import not_installed_anywhere\n",
        "syntax": "def (:\n",
        "exits": "raise SystemExit(3)\n",
        "fails": f"from {package}.parts import deep\n\ndef start():\n    deep()\n\nstart()\n",
        "empty": "",
        "named": "def app(environ, start_response):\n    return []\n",
        "made": "def create_app():\n    return lambda environ, start_response: []\n",
        "near": "def application(environ, start_response):\n    return []\n",
    }.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    yield package
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("reference", "kind"),
    [
        ("main:asgi", "asgi"),
        ("main:wsgi", "wsgi"),
        ("main:Holder.inner", "wsgi"),
        ("main:Lazy", "wsgi"),
        ("main:create_app", "asgi"),
        ("main", "asgi"),
        ("named", "wsgi"),
        ("made", "wsgi"),
    ],
)
def test_an_application_or_its_factory_is_found(project: str, reference: str, kind: str) -> None:
    assert app_kind(load_app(f"{project}.{reference}")) == kind


def test_the_folder_may_be_another_one(project: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert callable(load_app(f"{project}.named", app_dir=tmp_path))
    assert sys.path[0] == str(tmp_path)


@pytest.mark.parametrize("name", ["vague", "create_vague"])
def test_a_vague_application_needs_its_kind_said(project: str, name: str) -> None:
    with pytest.raises(UsageError, match='kind="asgi"'):
        load_app(f"{project}.main:{name}")
    assert load_app(f"{project}.main:{name}", kind="wsgi")() in ([], None)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("PACKAGE.mian:app", r"no module 'PACKAGE.mian' in the package 'PACKAGE'. Did you mean 'PACKAGE.main'\?"),
        ("PACKAG:app", r"no module 'PACKAG' in .* or among the installed packages. Did you mean 'PACKAGE'\?"),
        ("zzzz.main:app", r"no module 'zzzz' in .* \(wanted: 'zzzz.main'\). Check the name, .*--app-dir"),
        ("PACKAGE/main.py:app", "is a file; a module is named with dots: PACKAGE.main"),
        ("PACKAGE.needs:app", r"Importing 'PACKAGE.needs' raised ModuleNotFoundError(.|\n)*line 1(.|\n)*not_installed"),
        ("PACKAGE.syntax:app", r"raised SyntaxError(.|\n)*syntax.py"),
        ("PACKAGE.exits:app", r"raised SystemExit"),
        ("PACKAGE.fails:app", r"fails.py.*line 6(.|\n)*in start(.|\n)*in deep(.|\n)*RuntimeError: no settings"),
        ("PACKAGE.main:wsgj", r"no 'wsgj' in the module 'PACKAGE.main'. Did you mean 'wsgi'\?"),
        ("PACKAGE.main:Holder.iner", r"no 'iner' in PACKAGE.main:Holder. Did you mean 'inner'\?"),
        ("PACKAGE.empty:app", "It has nothing that can be called"),
        ("PACKAGE.parts:zzzz", "It has: deep"),
        ("PACKAGE.near", r"neither 'app' nor 'create_app'\. Name the application: .*It has: application\."),
        ("PACKAGE.main:number", "main:number is of type int and cannot be called"),
        ("PACKAGE.main:create_with", "as its factory it needs arguments: settings, clock"),
        ("PACKAGE.main:create_async", "is an async factory"),
        ("PACKAGE.main:create_nothing", r"create_nothing\(\) returned None, which is no application"),
        ("PACKAGE.main:create_factory", r"returned PACKAGE.main.create_app, which is no application"),
        (
            "PACKAGE.main:create_broken",
            r"The factory PACKAGE.main:create_broken raised(.|\n)*in deep(.|\n)*no settings",
        ),
    ],
)
def test_what_goes_wrong_is_told_with_the_next_step(project: str, reference: str, message: str) -> None:
    with pytest.raises(AppImportError, match=message.replace("PACKAGE", project).replace("PACKAG", project[:-1])):
        load_app(reference.replace("PACKAGE", project).replace("PACKAG", project[:-1]))


@pytest.mark.parametrize("reference", ["", ":app", "main:", " "])
def test_a_reference_that_names_nothing_is_refused(reference: str) -> None:
    with pytest.raises(UsageError, match=r"names no application\. Expected module:attribute"):
        load_app(reference)


def test_asgi_2_is_refused_when_loaded(project: str) -> None:
    with pytest.raises(UsageError, match="ASGI 2"):
        load_app(f"{project}.main:old")
