"""The page docs/environments.md: its commands run and say what stands there, its table is what the code does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from accord.infra.compose.images import IMAGES
from accord.infra.compose.reading.keys import as_markdown
from accord.infra.postgres.recipe import PostgresRecipe
from accord.infra.valkey.recipe import ValkeyRecipe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.infra.compose.conftest import Project

PAGE = (Path(__file__).parents[4] / "docs" / "environments.md").read_text(encoding="utf-8")
YAML = re.compile(r"^```yaml\n# (\S+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)


def test_the_commands_say_what_stands_there(project: Project, free_ports: Iterator[int]) -> None:
    page = PAGE
    for port in ("5433", "6380"):  # the reader's, which may be taken here
        page = page.replace(port, str(next(free_ports)))
    for name, text in YAML.findall(page):
        project.write(text, name)
    for step in CONSOLE.findall(page)[0].split("$ accord ")[1:]:
        command, _, expected = step.partition("\n")
        seen = accord(command, project)
        pattern = re.sub(r" +", " +", re.escape(collapsed(expected)).replace("\\ ", " ")).replace("…", r"[\s\S]*?")
        assert re.fullmatch(pattern, collapsed(seen)), f"$ accord {command}\n{seen}\ninstead of\n{expected}"


def accord(command: str, project: Project) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ACCORD_KAFKA")}
    # The page shows a machine that has what the wheels bring; this one may have more.
    environment["ACCORD_POSTGRES_BIN"] = str(PostgresRecipe().find().path.parent)
    environment["ACCORD_VALKEY_BIN"] = str(ValkeyRecipe().find().path)
    done = subprocess.run(
        [sys.executable, "-m", "accord", *command.split()],
        cwd=project.path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return done.stdout


def collapsed(text: str) -> str:
    """Columns are as wide as their longest cell, which is not the same everywhere."""
    return "\n".join(re.sub(r" +", " ", line).strip() for line in text.strip().splitlines())


def test_the_table_of_keys_is_what_the_code_does() -> None:
    assert as_markdown() in PAGE, "paste the output of keys.as_markdown() into the page"


def test_every_image_is_named() -> None:
    assert [name for name in IMAGES if f"`{name}`" not in PAGE] == []
