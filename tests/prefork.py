"""Runs our programs in forks of a process that has imported them already.

Hundreds of tests run ``accord`` and ``pytest`` as users do, in a process of their own. Most of the time of such a run goes
into imports; a fork of a process that has done nothing but these imports behaves the same and has it spared. What a
program does when it is started cold (signals, how fast) is tested on cold starts.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pytest

ROOT = Path(__file__).parents[1]
PRELOADED = {
    # By the name after -m: what is imported before a fork. Pytest loads plugins itself, and rewrites their assertions.
    "accord": tuple(f"accord.cli.{path.stem}" for path in (ROOT / "src" / "accord" / "cli").glob("[a-z]*.py")),
    "pytest": ("pytest", "xml.etree.ElementTree", "unittest", "doctest", "pdb", "asyncio", "json", "logging"),
}
_AT_START = ("PYTHONIOENCODING", "PYTHONUTF8")  # what an interpreter reads when it starts, not when it forks


class Prefork:
    """The process that forks, for one program; started when it is first asked."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._process: subprocess.Popen[str] | None = None

    def run(
        self, arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """What ``python -m PROGRAM ARGUMENTS`` gives.

        Raises:
            TimeoutExpired: it was still running after so many seconds, and was ended.
            RuntimeError: the process that forks has died; the next run starts another.
        """
        with tempfile.TemporaryDirectory(prefix="accord-run-") as folder:
            job = {"arguments": [*arguments], "cwd": str(cwd), "env": {**env}, "folder": folder}
            code = self._ask(json.dumps(job), timeout)
            out, err = (Path(folder, name).read_text("utf-8", "replace") for name in ("out", "err"))
        command = [sys.executable, "-m", self._program, *arguments]
        if code is None:
            raise subprocess.TimeoutExpired(command, timeout, out, err)
        return subprocess.CompletedProcess(command, code, out, err)

    def _ask(self, line: str, timeout: float) -> int | None:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.prefork", self._program], cwd=ROOT, start_new_session=True,
                env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            atexit.register(self._end)
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        print(line, file=process.stdin, flush=True)
        limit = threading.Timer(timeout, self._end)
        limit.start()
        answer = process.stdout.readline()
        limit.cancel()
        if not answer and self._process is process:  # nobody has ended it
            self._end()
            raise RuntimeError(f"the process that forks for {self._program} ended by itself with {process.returncode}")
        return int(answer) if answer else None

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 9)  # its forks too: one of them may hang
            process.communicate()


_PREFORKS = {program: Prefork(program) for program in PRELOADED}


def run(
    program: str, arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None, timeout: float = 60.0
) -> subprocess.CompletedProcess[str]:
    """Run ``python -m PROGRAM ARGUMENTS``, ``accord`` or ``pytest``, without input.

    Args:
        program: which.
        arguments: of its command line.
        cwd: its folder.
        env: its variables; by default this process's own.
        timeout: seconds after which it is ended.

    Raises:
        TimeoutExpired: it was.
    """
    variables = os.environ if env is None else env
    if any(name in variables for name in _AT_START):
        return subprocess.run(
            [sys.executable, "-m", program, *arguments], cwd=cwd, env=variables, stdin=subprocess.DEVNULL,
            capture_output=True, encoding="utf-8", check=False, timeout=timeout,
        )  # fmt: skip
    return _PREFORKS[program].run(arguments, cwd=cwd, env=variables, timeout=timeout)


def run_pytest(
    folder: Path,
    *arguments: str,
    plugins: Sequence[str] = ("accord.pytest_plugin", "pytest_asyncio.plugin"),
    **variables: str,
) -> pytest.RunResult:
    """Run pytest in a folder, with these plugins alone: to load all that are here takes longer than most tests.

    Args:
        folder: the project's.
        arguments: of pytest.
        plugins: what ``-p`` loads.
        variables: beside this process's own, without those of this very run.
    """
    import pytest  # noqa: PLC0415 - the process that forks loads what it needs itself

    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "ACCORD_", "COV_"))}
    options = ["-p", "no:cacheprovider", *(word for plugin in plugins for word in ("-p", plugin))]
    env = kept | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} | variables
    done = run("pytest", [*options, *arguments], cwd=folder, env=env, timeout=100)
    return pytest.RunResult(done.returncode, done.stdout.splitlines(), done.stderr.splitlines(), 0.0)


def main() -> None:
    """Fork for each line on standard input; in the fork, run the program."""
    program = sys.argv[1]
    for name in PRELOADED[program]:
        importlib.import_module(name)
    gc.freeze()
    job = _next_fork()
    if job is None:
        return
    _become(job)
    sys.argv = [program, *job["arguments"]]
    if program == "accord":
        from accord.cli import main as accord  # noqa: PLC0415 - has been loaded

        accord()
    else:
        import pytest  # noqa: PLC0415 - has been loaded

        sys.exit(pytest.console_main())


def _next_fork() -> dict[str, Any] | None:
    """In a fork its job; in the parent None, when nobody asks any more."""
    for line in sys.stdin:
        job: dict[str, Any] = json.loads(line)
        child = os.fork()
        if child == 0:
            return job
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    return None


def _become(job: Mapping[str, Any]) -> None:
    """Take on the folder, the variables and the streams of a job."""
    os.chdir(job["cwd"])
    os.environ.clear()
    os.environ.update(job["env"])
    paths = job["env"].get("PYTHONPATH", "")
    sys.path[:1] = [job["cwd"], *filter(None, paths.split(os.pathsep))]  # as python -m does
    for number, name, flags in ((0, os.devnull, os.O_RDONLY), (1, "out", os.O_WRONLY), (2, "err", os.O_WRONLY)):
        file = os.open(Path(job["folder"], name), flags | (os.O_CREAT if number else 0), 0o600)
        os.dup2(file, number)
        os.close(file)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for the length of the process
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - as above
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115 - as above


if __name__ == "__main__":
    main()
