"""The demo's hub: a process of its own on loopback, with its database in the demo's folder."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

from accord.core.errors import AccordError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECONDS_TO_START = 60.0
SECONDS_TO_STOP = 15.0


@contextlib.contextmanager
def demo_hub(folder: Path) -> Iterator[str]:
    """A hub for as long as the block lasts; gives its URL.

    Raises:
        AccordError: it does not start; has what it said.
    """
    command = [sys.executable, "-m", "accord", "hub", "serve", "--port", "0", "--quiet"]
    log = folder / "hub.log"
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            [*command, "--database", str(folder / "hub.sqlite3")], stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        # Who does not answer in time is ended, and so is the reading of its first line.
        limit = threading.Timer(SECONDS_TO_START, process.kill)
        limit.start()
        try:
            found = re.search(r"http://[^\s,]+", process.stdout.readline() if process.stdout else "")
            limit.cancel()
            if found is None:
                raise AccordError(f"the demo's hub did not start:\n{log.read_text(encoding='utf-8')}")
            yield found[0]
        finally:
            limit.cancel()
            process.terminate()
            try:
                process.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.kill()
