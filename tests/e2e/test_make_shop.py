"""`make shop` as the shop's README has it: the command, the order with curl, Ctrl-C; and nothing is left behind."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from accord import poll_until

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
README = (ROOT / "examples" / "shop" / "README.md").read_text(encoding="utf-8")
USUAL = {"Gateway": 8080, "NotificationService": 3005}  # where the README's order goes

pytestmark = [
    pytest.mark.skipif(not shutil.which("make"), reason="make is not installed"),
    pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed"),
]


@dataclass
class Shop:
    """What `make shop` has said."""

    process: subprocess.Popen[bytes]
    said: Path
    folder: Path

    @property
    def urls(self) -> dict[str, str]:
        """Where everything is, by the table."""
        rows = re.findall(r"^  (\w+|the bus) +(\w+://\S+)", self.said.read_text(), re.MULTILINE)
        return dict(rows)

    def wait_until_ready(self) -> None:
        """Wait for the table."""

        def has_come() -> bool:
            return "Ctrl-C ends it all." in self.said.read_text() or self.process.poll() is not None

        poll_until(has_come, timeout=90, description="the table of addresses")
        assert self.process.poll() is None, self.said.read_text()

    def interrupt(self) -> None:
        """Ctrl-C: the terminal sends it to all that run in its foreground."""
        os.killpg(self.process.pid, signal.SIGINT)

    def left(self) -> list[str]:
        """The processes that have the shop's folder for temporary files in their environment."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if f"TMPDIR={self.folder}".encode() in (process / "environ").read_bytes():
                    found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        return found


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    (command,) = re.findall(r"```console\n(make shop)\n```", README)
    if subprocess.run(["make", "-q", "setup"], cwd=ROOT, check=False, capture_output=True).returncode:
        pytest.skip("`make setup` has not run here since what is to be installed has changed")
    said = tmp_path / "said"
    inherited = ("PATH", "HOME", "LANG", "USER")
    with tempfile.TemporaryDirectory(prefix="shop-") as folder, said.open("wb") as output:  # short, for sockets
        Path(folder).chmod(0o711)  # where we are root, PostgreSQL is not
        process = subprocess.Popen(
            command.split(), cwd=ROOT, stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True,
            env={name: os.environ[name] for name in inherited if name in os.environ} | {"TMPDIR": folder},
        )  # fmt: skip
        made = Shop(process, said, Path(folder))
        try:
            yield made
        finally:
            if process.poll() is None:
                made.interrupt()
                try:
                    process.wait(60)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)  # the launcher's services end with it
                    process.wait()
                    raise


def order_with_curl(urls: dict[str, str]) -> str:
    """The README's commands, word for word; a port that was taken has given way."""
    (commands,) = re.findall(r"```sh\n(# with the shop running\n.*?)```", README, re.DOTALL)
    for name, port in USUAL.items():
        assert f"http://127.0.0.1:{port}" in commands
        commands = commands.replace(f"http://127.0.0.1:{port}", urls[name])
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        capture_output=True, text=True, check=False, timeout=50, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_shop_comes_up_takes_an_order_and_is_gone_after_ctrl_c(shop: Shop) -> None:
    shop.wait_until_ready()
    assert len(shop.urls) == 9, "seven services, the database and the bus"

    told = order_with_curl(shop.urls)
    assert '"status":"confirmed"' in told
    assert '"type":"order_confirmation"' in told
    assert '"availableQuantity":98' in told
    running = shop.left()
    assert len([line for line in running if "-m shop." in line]) == 7, running

    shop.interrupt()
    shop.process.wait(60)
    said = shop.said.read_text()
    assert "Stopping ..." in said
    assert "Traceback" not in said

    def nothing_is_left() -> bool:
        assert shop.left() == []
        return True

    poll_until(nothing_is_left, timeout=20)
    files = [path.name for path in shop.folder.rglob("*") if path.is_file()]
    assert files in ([], ["runs.lock"]), "no database, no log"
