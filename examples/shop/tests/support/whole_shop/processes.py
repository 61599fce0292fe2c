"""One service as a process: started, waited for, killed, and ended in good order."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from accord import poll_until
from whole_shop.services import Service

_SOURCE = Path(__file__).parents[3] / "src"
_PATIENCE = 60.0  # seconds until a service is ready
_FAREWELL = 15.0  # seconds for ending in good order
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform.startswith("linux") else None


class ServiceProcess:
    """A running service.

    Args:
        service: which.
        port: where it listens.
        variables: its environment, beside the paths.
        log: the file for what it says.
        command: what to start; the service alone when left out.
    """

    def __init__(
        self,
        service: Service,
        port: int,
        variables: Mapping[str, str],
        log: Path,
        command: Sequence[str] = (),
    ) -> None:
        self.service = service
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        self._variables = {**variables, service.port_variable: str(port)}
        self._command = list(command) or [sys.executable, "-m", f"shop.{service.name}"]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it; it is not waited for."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
        environment = {**kept, "PYTHONPATH": str(_SOURCE), **self._variables}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is the launcher's to hear
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - one system call, which takes no lock
            )

    def wait_until_ready(self) -> None:
        """Wait until it says that all it needs is there.

        Raises:
            PollTimeout: it did not get so far.
            RuntimeError: it has ended; the text has the last lines of its log.
        """
        poll_until(
            self._is_ready,
            timeout=_PATIENCE,
            description=f"{self.service.participant} at {self.url} to be ready (its log: {self.log})",
        )

    def ask_to_stop(self) -> None:
        """Let it end in good order; it is not waited for."""
        if self._process is not None:
            self._process.terminate()

    def stop(self) -> None:
        """End it in good order; whoever does not end in time is killed."""
        if self._process is None:
            return
        self.ask_to_stop()
        try:
            self._process.wait(_FAREWELL)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _is_ready(self) -> bool:
        if not self.is_running:
            lines = self.log.read_text(errors="replace").splitlines()[-20:]
            raise RuntimeError("\n".join([f"{self.service.participant} has ended:", *lines]))
        # Not httpx: it reads all certificates of this machine for each such question, on cores that are short now.
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=5)
        try:
            connection.request("GET", "/ready")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


def _end_with_parent() -> None:
    """A launcher that is killed leaves nothing running, where the system can see to it."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
