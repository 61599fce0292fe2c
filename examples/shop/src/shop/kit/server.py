"""Running a service from the command line."""

import argparse
import errno
import logging
import socket
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from shop.kit.logs import configure_logging
from shop.kit.settings import Variables

_log = logging.getLogger(__name__)


def listening_socket(host: str, default_port: int, asked_port: int | None = None) -> socket.socket:
    """A bound socket: the port asked for or none at all; the default gives way to a free one when taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, default_port if asked_port is None else asked_port))
    except OSError as error:
        if error.errno != errno.EADDRINUSE or asked_port is not None:
            listener.close()
            raise
        listener.bind((host, 0))
        _log.warning("port %s is taken; listening on %s", default_port, listener.getsockname()[1])
    return listener


def run_service(
    name: str,
    default_port: int,
    create_app: Callable[[], FastAPI],
    migrate: Callable[[], None],
    arguments: list[str] | None = None,
) -> None:
    """The `python -m shop.<service>` of every service: serve, or migrate its database.

    Args:
        name: the service's folder; `<NAME>_HOST` and `<NAME>_PORT` say where to listen.
        default_port: used when `<NAME>_PORT` is not set and the port is free.
        create_app: builds the application.
        migrate: brings its database up to date.
        arguments: the command line, the process's own when left out.
    """
    parser = argparse.ArgumentParser(prog=f"python -m shop.{name}")
    parser.add_argument("command", nargs="?", choices=["serve", "migrate"], default="serve")
    command = parser.parse_args(arguments).command
    configure_logging(name)
    if command == "migrate":
        migrate()
        return
    variables = Variables()
    prefix = name.upper()
    asked = variables.number(f"{prefix}_PORT", 0) if variables.optional(f"{prefix}_PORT") else None
    listener = listening_socket(variables.text(f"{prefix}_HOST", "127.0.0.1"), default_port, asked)
    with listener:
        _log.info("%s listens on http://%s:%s", name, *listener.getsockname())
        # No access log: each request has its line already, with its trace and how long it took.
        config = uvicorn.Config(create_app, factory=True, log_config=None, access_log=False)
        uvicorn.Server(config).run(sockets=[listener])
