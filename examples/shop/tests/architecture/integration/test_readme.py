"""The README's commands: those that break the shop, word for word in a copy; those that run tests, as far as they find some."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

SHOP = Path(__file__).parents[3]
TEXT = (SHOP / "README.md").read_text(encoding="utf-8")
PYTEST = re.findall(r"^pytest ?([^#\n]*)", re.search(r"## Run the tests.*", TEXT, re.DOTALL)[0], re.MULTILINE)  # type: ignore[index]


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "ACCORD_", "GIT_"))}
    kept["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    return subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.soak  # two more runs of pytest; `make demo`, which every run of our tests tries, breaks the same
def test_only_the_contract_notices_the_break(tmp_path: Path) -> None:
    copy = shutil.copytree(SHOP, tmp_path / "shop", ignore=shutil.ignore_patterns("__pycache__", ".accord", ".pytest*"))
    (commands,) = re.findall(r"```sh\n# from this folder, in a copy\n(.*?)```", TEXT, re.DOTALL)
    *edits, own_tests, contract = filter(None, commands.splitlines())
    for edit in edits:
        assert run(["bash", "-c", edit], copy).returncode == 0
    with ThreadPoolExecutor() as side_by_side:
        fine, noticed = side_by_side.map(lambda command: run(["bash", "-c", command], copy), [own_tests, contract])
    assert fine.returncode == 0, fine.stdout + fine.stderr
    assert noticed.returncode == 1, noticed.stdout + noticed.stderr
    assert "PaymentService" in noticed.stdout
    assert "totalAmount" in noticed.stdout


@pytest.mark.parametrize("arguments", PYTEST)
def test_every_command_finds_its_tests(arguments: str) -> None:
    places = [word for word in shlex.split(arguments) if "/" in word]
    found = [path for place in places for path in SHOP.glob(place)]
    assert not places or found, f"nothing is at {places}"
    assert all(list(path.rglob("test_*.py")) for path in found)
