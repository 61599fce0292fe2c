"""Every example of the documentation runs."""

import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from accord.core.configuration import describe_keys
from accord.infra.settings import describe_keys as describe_server_keys
from tests import prefork
from tests.behaviours.bus import table as describe_buses

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".tools" / "python"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
INSIDE = sorted((ROOT / "docs" / "architecture").glob("*.md"))
PROSE = [*PAGES, *INSIDE, ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", ROOT / "examples" / "shop" / "README.md"]
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")
EXCERPT = re.compile(r"^```py\n(# .*?)^```", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_python_example_of_a_page_runs(page: Path, tmp_path: Path) -> None:
    """The examples of a page share a folder, in their order, as a reader would try them."""
    if page.name == "test-data.md" and not TOOLS.is_dir():
        pytest.skip("its factories are not here: make tools")
    programs = [
        (
            code,
            tmp_path / (f"test_example_{number}.py" if code.startswith("# test: pytest") else f"example_{number}.py"),
        )
        for number, code in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")), 1)
    ]
    for code, path in programs:
        path.write_text(code, encoding="utf-8")
    for are_tests, group in itertools.groupby(
        (path for _, path in programs), lambda path: path.name.startswith("test_")
    ):
        for files in [[*group]] if are_tests else [[path] for path in group]:
            done = run(files, tmp_path, are_tests=are_tests)
            assert done.returncode == 0, f"{page.name}, {files[0].stem}:\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("page", PROSE, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    targets = LINK.findall(BLOCK.sub("", page.read_text(encoding="utf-8")))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_excerpt_stands_in_its_file(page: Path) -> None:
    """Excerpts of files that run elsewhere: their first line names the file."""
    for excerpt in EXCERPT.findall(page.read_text(encoding="utf-8")):
        name, _, code = excerpt.partition("\n")
        assert code in (ROOT / name.removeprefix("# ")).read_text(encoding="utf-8"), f"{page.name}: {name}"


def test_every_guide_can_be_reached_from_the_readme() -> None:
    targets = set(LINK.findall((ROOT / "README.md").read_text(encoding="utf-8")))
    assert [page.name for page in PAGES[1:] if f"docs/{page.name}" not in targets] == []


def test_every_page_about_the_inside_can_be_reached_from_the_architecture() -> None:
    targets = set(LINK.findall((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")))
    assert [page.name for page in INSIDE if f"docs/architecture/{page.name}" not in targets] == []


def run(files: list[Path], folder: Path, *, are_tests: bool) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("ACCORD_", "PYTEST_"))}
    environment["PYTHONPATH"] = str(TOOLS)
    if are_tests:  # in one run: to load what is installed here takes longer than they do
        options = ["-q", "-p", "no:randomly", "-p", "no:faker", *map(str, files)]
        return prefork.run("pytest", options, cwd=folder, env=environment)
    return subprocess.run(
        [sys.executable, *map(str, files)],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_the_page_of_all_keys_is_what_the_code_says() -> None:
    page = ROOT / "docs" / "configuration.md"
    for table in (describe_keys(), describe_server_keys()):
        assert table in page.read_text(encoding="utf-8"), "paste the output of describe_keys() into the page"


def test_the_table_of_what_each_bus_shows_is_what_the_suite_says() -> None:
    page = ROOT / "docs" / "events.md"
    assert describe_buses() in page.read_text(encoding="utf-8"), (
        "paste the output of tests.behaviours.bus.table() into the page"
    )
