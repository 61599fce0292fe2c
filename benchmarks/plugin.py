"""The pytest plugin on 2,000 empty unit tests with all guards up, beside plain pytest; and its import at the start.

Both run in turn and the processor's time is compared, for the clock on the wall shows what else the machine does.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

FILES, TESTS = 20, 100
ROUNDS = 15


def project(folder: Path) -> None:
    tests = folder / "tests" / "unit"
    tests.mkdir(parents=True)
    (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    for number in range(FILES):
        (tests / f"test_{number}.py").write_text("".join(f"def test_{test}(): pass\n" for test in range(TESTS)))


def seconds(folder: Path, plugins: str) -> float:
    """The processor's time of one run of pytest with these plugins alone."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": plugins}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # nobody compiles at every start
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert f"{FILES * TESTS} passed" in done.stdout, done.stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def import_milliseconds() -> float:
    start = "import pytest, time\nt = time.perf_counter()\n"
    program = start + "import accord.pytest_plugin\nprint(time.perf_counter() - t)"
    runs = [subprocess.check_output([sys.executable, "-c", program], text=True) for _ in range(ROUNDS)]
    return min(map(float, runs)) * 1000


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        project(folder)
        plain, guarded = [], []
        for _ in range(ROUNDS):
            plain.append(seconds(folder, ""))
            guarded.append(seconds(folder, "accord.pytest_plugin"))
    more = statistics.median(ours / theirs for ours, theirs in zip(guarded, plain, strict=True)) - 1
    print(f"{FILES * TESTS} empty unit tests: pytest {min(plain):.2f} s, with Accord's guards {min(guarded):.2f} s")
    print(f"more than plain pytest: {more:.1%} (at most 10 %)")
    print(f"import at pytest's start: {import_milliseconds():.1f} ms (at most 30 ms)")


if __name__ == "__main__":
    main()
