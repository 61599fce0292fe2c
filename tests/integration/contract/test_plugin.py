"""The pytest plugin, in runs of its own: what reaches a pact file, what stays in it, what goes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests import prefork

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURATION = """
[tool.pytest.ini_options]
testpaths = ["tests"]
"""
# Messages: to import an HTTP client would take most of the time of these runs.
PROVING = """
def prove(pact, name, status=200):
    message = pact("web", "orders").expects_to_receive(name).with_content({"status": status})
    message.verify(lambda content, metadata: None)
"""


class Project:
    """A project with tests of its own."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.root = pytester.path
        (self.root / "tests").mkdir()
        (self.root / "pyproject.toml").write_text(CONFIGURATION)
        (self.root / "proving.py").write_text(PROVING)

    def write(self, name: str, *tests: str, head: str = "") -> Path:
        """Write a test file: a test for each name; what follows a colon is its further body."""
        lines = ["import pytest", "from proving import prove", head]
        for test in tests:
            interaction, _, body = test.partition(":")
            lines += [
                f"def test_{interaction}(pact):",
                f"    prove(pact, {interaction!r})",
                *(f"    {line}" for line in [body.strip()] if line),
                "",
            ]
        path = self.root / "tests" / name
        path.write_text("\n".join(lines))
        return path

    def run(self, *arguments: str) -> pytest.RunResult:
        plugins = ["accord.pytest_plugin", *(["xdist"] if "-n" in arguments else [])]
        return prefork.run_pytest(self.root, *arguments, plugins=plugins)

    def interactions(self, file: str = "pacts/web-orders.json") -> list[str]:
        """The interactions in the pact file."""
        path = self.root / file
        if not path.exists():
            return []
        return [each["description"] for each in json.loads(path.read_text())["interactions"]]


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = Project(pytester)
    monkeypatch.setenv("PYTHONPATH", str(made.root))
    # Only ours: what else is installed here takes half a second of every run.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name in (
        "PYTEST_XDIST_WORKER",
        "PYTEST_XDIST_WORKER_COUNT",
        "PYTEST_XDIST_TESTRUNUID",
        "PYTEST_CURRENT_TEST",
        "ACCORD_JOURNAL",
    ):
        monkeypatch.delenv(name, raising=False)
    return made


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_what_passing_tests_proved_is_written_at_the_end(project: Project, options: tuple[str, ...]) -> None:
    project.write("test_a.py", "b", "a", "c:assert False, 'after the block'", "d")
    project.write("test_b.py", "e", "f")
    result = project.run(*options)
    result.assert_outcomes(passed=5, failed=1)
    assert project.interactions() == ["a", "b", "d", "e", "f"]
    result.stdout.fnmatch_lines(["pact written: pacts/web-orders.json"])
    assert not list((project.root / ".accord" / "journal").glob("[0-9]*"))


def test_a_mock_that_was_not_asked_fails_the_test_and_nothing_of_it_is_written(project: Project) -> None:
    project.write(
        "test_a.py",
        head="""
def test_a(pact):
    made = pact("web", "orders").upon_receiving("a").with_request("GET", "/").will_respond_with(200)
    with made.in_process():
        pass
""",
    )
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*PactFailed: The pact between web and orders failed:*", "*Expected, but not requested: 'a', GET /"]
    )
    assert project.interactions() == []


def test_a_whole_run_drops_what_tests_that_are_gone_had_proved(project: Project) -> None:
    project.write("test_a.py", "a", "b")
    project.write("test_b.py", "c")
    project.run()
    project.write("test_a.py", "a")
    (project.root / "tests" / "test_b.py").unlink()
    project.run()
    assert project.interactions() == ["a"]


def test_an_interaction_that_its_test_renamed_goes_even_in_a_part_run(project: Project) -> None:
    path = project.write("test_a.py", "a")
    project.write("test_b.py", "c")
    project.run()
    path.write_text(path.read_text().replace("'a'", "'renamed'"))
    project.run("tests/test_a.py")
    assert project.interactions() == ["c", "renamed"]


@pytest.mark.parametrize(
    "options",
    [
        ("tests/test_a.py",),
        ("-k", "test_a"),
        ("--deselect", "tests/test_b.py::test_b"),
        ("--ignore", "tests/test_b.py"),
        ("-m", "not slow"),
    ],
    ids=" ".join,
)
def test_a_part_run_keeps_what_it_did_not_run(project: Project, options: tuple[str, ...]) -> None:
    (project.root / "pyproject.toml").write_text(CONFIGURATION + 'markers = ["slow"]\n')
    project.write("test_a.py", "a")
    project.write("test_b.py", "b", head="pytestmark = pytest.mark.slow")
    project.run()
    project.run(*options)
    assert project.interactions() == ["a", "b"]


@pytest.mark.parametrize(
    ("first", "options"),
    [
        ("raise KeyboardInterrupt", ()),
        ("pytest.exit('enough')", ()),
        ("assert False", ("-x",)),
        ("assert False", ("-x", "-n", "2")),
        ("pytest.skip('not here')", ()),
        ("pytest.xfail('not yet')", ()),
        ("assert False", ()),
    ],
)
def test_a_run_that_stops_or_skips_keeps_what_it_did_not_prove(
    project: Project, first: str, options: tuple[str, ...]
) -> None:
    project.write("test_a.py", "a")
    project.write("test_b.py", "b", "c")
    project.run()
    assert project.interactions() == ["a", "b", "c"]
    (project.root / "tests" / "test_a.py").write_text(f"import pytest\ndef test_a(pact):\n    {first}\n")
    project.run(*options)
    assert project.interactions() == ["a", "b", "c"]


def test_a_file_that_cannot_be_imported_keeps_what_its_tests_had_proved(project: Project) -> None:
    project.write("test_a.py", "a")
    path = project.write("test_b.py", "b")
    project.run()
    path.write_text("import nothing_of_that_name")
    project.run("--continue-on-collection-errors")
    assert project.interactions() == ["a", "b"]


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_a_conflict_names_both_tests_and_fails_the_run(project: Project, options: tuple[str, ...]) -> None:
    project.write("test_a.py", "a")
    project.write("test_b.py", head="def test_b(pact):\n    prove(pact, 'a', 404)\n")
    result = project.run(*options)
    result.assert_outcomes(passed=2)
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        ["pacts not written: *'a' is defined twice, differently (tests/test_a.py::test_a and tests/test_b.py::test_b)*"]
    )
    assert project.interactions() == []


def test_the_folder_and_the_version_are_as_configured_or_given(project: Project) -> None:
    (project.root / "pyproject.toml").write_text(CONFIGURATION + '[tool.accord]\npact_directory = "contracts"\n')
    project.write("test_a.py", "a")
    project.run()
    assert project.interactions("contracts/web-orders.json") == ["a"]


def test_an_unknown_key_of_the_configuration_is_told_with_the_near_one(project: Project) -> None:
    (project.root / "pyproject.toml").write_text(CONFIGURATION + '[tool.accord]\npact_directroy = "contracts"\n')
    project.write("test_a.py", "a")
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*unknown key 'pact_directroy'; did you mean 'pact_directory'?*"])


def test_the_fixture_verifier_makes_verifiers(project: Project) -> None:
    project.write(
        "test_a.py",
        head="""
def app(environ, start_response):
    start_response("404 Not Found", [])
    return []

def test_provider(verifier, tmp_path):
    pact = {"consumer": {"name": "web"}, "provider": {"name": "orders"}, "interactions": [
        {"description": "an order", "request": {"path": "/1"}, "response": {"status": 200}}]}
    import json
    (tmp_path / "p.json").write_text(json.dumps(pact))
    verifier("orders", version="1").app(app).pacts(tmp_path).verify()
""",
    )
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*VerificationFailed: orders (v1) does not keep its contracts: 0 of 1 interactions pass",
            "*status: expected 200, seen 404",
        ]
    )


def test_what_a_killed_run_left_is_swept_away(project: Project) -> None:
    left = project.root / ".accord" / "journal" / "999999999"
    left.mkdir(parents=True)
    (left / "1.jsonl").write_text("{}")
    project.write("test_a.py", "a")
    project.run()
    assert not left.exists()
    assert project.interactions() == ["a"]


def test_a_run_without_contracts_leaves_nothing_behind(project: Project) -> None:
    (project.root / "tests" / "test_a.py").write_text("def test_a(): pass")
    project.run()
    assert not (project.root / ".accord").exists()


def test_pytest_finds_the_plugin_by_itself(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    result = project.pytester.runpytest_subprocess("--fixtures", "-q", "-p", "no:cacheprovider", timeout=60)
    result.stdout.fnmatch_lines(["pact -- *", "verifier -- *"])
