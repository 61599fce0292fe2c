"""The demo, as a newcomer runs it: once, whole, on a real database."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from accord.cli.demo_hub import demo_hub

ROOT = Path(__file__).parents[2]


def demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("ACCORD_", "PYTEST_"))}
    return subprocess.run(
        [sys.executable, "-m", "accord", "demo", *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip


def test_the_demo_tells_its_story_and_leaves_the_checkout_as_it_was() -> None:
    """One test, for the story takes a while: two workers would each tell it."""
    before = state_of_the_checkout()
    done = demo(ROOT / "examples", "--json", "--level", "unit")
    assert done.returncode == 0, done.stdout + done.stderr
    assert state_of_the_checkout() == before, "the demo works on a copy"
    steps = json.loads(done.stdout)["steps"]
    a_real_database_comes_up(steps)
    the_levels_that_were_asked_for_run(steps)
    pacts_are_recorded_in_both_directions_and_published(steps)
    a_safe_change_may_be_deployed(steps)
    the_break_passes_its_own_tests_and_is_stopped_by_the_consumers_contract(steps)
    the_answer_is_no_in_the_documents_words(steps)


def state_of_the_checkout() -> dict[str, bytes]:
    shop = ROOT / "examples" / "shop"
    files = [*shop.joinpath("src").rglob("*.py"), *shop.joinpath("contracts").glob("*.json")]
    return {str(path): path.read_bytes() for path in files}


def chosen(steps: list[dict[str, Any]], **wanted: object) -> list[dict[str, Any]]:
    return [step for step in steps if all(step.get(key) == value for key, value in wanted.items())]


def a_real_database_comes_up(steps: list[dict[str, Any]]) -> None:
    (step,) = chosen(steps, chapter="database")
    assert int(step["version"].split(".")[0]) >= 15


def the_levels_that_were_asked_for_run(steps: list[dict[str, Any]]) -> None:
    (step,) = chosen(steps, chapter="levels")
    assert [level["level"] for level in step["levels"]] == ["unit", "contract"]
    assert all(level["tests"] > 0 and level["seconds"] > 0 for level in step["levels"])
    assert step["lines"][0].split() == ["level", "tests", "time", "share", "budget", "over", "budget"]
    assert any(line.startswith("shape: ") for line in step["lines"])


def pacts_are_recorded_in_both_directions_and_published(steps: list[dict[str, Any]]) -> None:
    (step,) = chosen(steps, chapter="pacts")
    assert {"OrderService-PaymentService.json", "PaymentService-OrderService.json"} <= set(step["pacts"])
    assert step["hub"].startswith("http://127.0.0.1:")
    assert step["hub"] in step["title"]
    with pytest.raises(httpx.ConnectError):  # gone with the story
        httpx.get(step["hub"])


def a_safe_change_may_be_deployed(steps: list[dict[str, Any]]) -> None:
    (step,) = chosen(steps, chapter="answer")
    assert step["deployable"] is True
    assert step["lines"][0] == "RESULT: OK"


def the_break_passes_its_own_tests_and_is_stopped_by_the_consumers_contract(steps: list[dict[str, Any]]) -> None:
    own = [step for step in chosen(steps, chapter="break") if "level" in step]
    assert [step["level"] for step in own] == ["unit", "integration"]
    (verification,) = chosen(steps, chapter="break", provider="OrderService")
    assert verification["success"] is False
    report = "\n".join(verification["lines"])
    for words in (
        "PaymentService",
        "a request for order details",
        "$.totalAmount",
        "expected a decimal such as 45.0",
        "seen nothing; is it now called 'total'?",
    ):
        assert words in report


def the_answer_is_no_in_the_documents_words(steps: list[dict[str, Any]]) -> None:
    (step,) = chosen(steps, chapter="break", deployable=False)
    lines = [line for line in step["lines"] if not line.startswith(" ")]
    # Document B, "Contract Testing Workflow".
    assert lines == [
        "RESULT: FAILED",
        "PaymentService (v1.5.0) has a contract that OrderService (v2.3.1) has NOT verified.",
        "Cannot deploy OrderService v2.3.1 to production.",
    ]


def test_the_hub_can_be_kept_open_until_it_is_interrupted(tmp_path: Path) -> None:
    with demo_hub(tmp_path) as url:
        waiting = subprocess.Popen(
            [sys.executable, "-c", f"from accord.cli.demo import wait; wait({url!r}); print('over')"],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert waiting.stdout is not None
        assert waiting.stdout.readline() == "\n"
        assert f"The hub stays open at {url}" in waiting.stdout.readline()
        assert httpx.get(f"{url}/environments").status_code == 200
        waiting.send_signal(signal.SIGINT)
        assert waiting.communicate(timeout=60)[0] == "over\n"


def test_outside_a_checkout_it_says_where_to_run_it(tmp_path: Path) -> None:
    done = demo(tmp_path)
    assert done.returncode == 2
    assert "not inside a checkout" in done.stderr


def test_a_level_that_does_not_exist_is_refused_before_anything_runs() -> None:
    done = demo(ROOT, "--level", "unti")
    assert done.returncode == 2
    assert "there is no level 'unti'; this project has unit, integration, contract, component, e2e" in done.stderr
    assert not done.stdout
