"""Waiting until a server is ready: one question asked every few milliseconds, in the way the server allows.

A question is a function that gives None when the server is ready, else what is in the way, in words. Servers of our own
answer in their protocol; here are the questions for servers we know nothing of.
"""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import time
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from accord.core.errors import ResourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Question: TypeAlias = Callable[[], str | None]

READY_TIMEOUT = 60.0  # seconds
INTERVAL = 0.002  # seconds between two questions
PATIENCE = 0.5  # seconds for one answer: who does not answer sooner is asked again


def wait_until_ready(question: Question, *, what: str, timeout: float = READY_TIMEOUT) -> None:
    """Ask until there is nothing in the way.

    Args:
        question: what to ask; it raises what ends the wait at once.
        what: who is waited for, to begin the message with.
        timeout: how long to wait, in seconds.

    Raises:
        ResourceError: it was not ready in time; the message says what was in the way at last.
    """
    deadline = time.monotonic() + timeout
    while found := question():
        if time.monotonic() > deadline:
            raise ResourceError(f"{what} was not ready after {timeout:g} s ({found})")
        time.sleep(INTERVAL)


def port_answers(port: int, host: str = "127.0.0.1") -> Question:
    """Ready when something accepts connections there."""

    def question() -> str | None:
        try:
            socket.create_connection((host, port), timeout=PATIENCE).close()
        except OSError as error:
            return f"nothing listens on {host}:{port}: {error}"
        return None

    return question


def log_says(log: Callable[[], str], pattern: str) -> Question:
    """Ready when a line of the log matches the regular expression."""
    wanted = re.compile(pattern, re.MULTILINE)
    return lambda: None if wanted.search(log()) else f"the log has no line with {pattern!r} yet"


def http_answers(url: str, status: int | None = None) -> Question:
    """Ready when a GET is answered with this status; with any below 400 where none is given."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        raise ResourceError(f"only http://HOST:PORT/PATH can be waited for, not {url!r}")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def question() -> str | None:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
        try:
            connection.request("GET", target)
            seen = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            return f"GET {url}: {type(error).__name__}: {error}"
        finally:
            connection.close()
        fine = seen == status if status is not None else seen < http.client.BAD_REQUEST
        return None if fine else f"GET {url} is answered with {seen}"

    return question


def command_succeeds(command: Sequence[str], *, timeout: float = 10.0) -> Question:
    """Ready when the command ends with 0; it gets ``timeout`` seconds each time."""

    def question() -> str | None:
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, errors="replace", check=False, timeout=timeout,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        said = (done.stderr or done.stdout).strip()
        return None if done.returncode == 0 else f"{command[0]} ended with {done.returncode}: {said}"

    return question
