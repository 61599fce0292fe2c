"""What other tools write is what we verify: files of pact-python and of npm's @pact-foundation/pact."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from accord import VerificationFailed, Verifier
from tests.integration.contract.interoperation import tools
from tests.integration.contract.interoperation.contracts import ANSWER, BROKEN, STATE
from tests.integration.contract.interoperation.orders import Orders

if TYPE_CHECKING:
    from pathlib import Path

HTTP = ("web-V2", "web-V3", "web-V4")
MESSAGES = ("mail-V3", "mail-V4")


@pytest.fixture(scope="module")
def of_pact_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pact-python")
    done = tools.run([*tools.pact_python(), tools.HERE / "write_with_pact_python.py", folder])
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def of_javascript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    node = tools.node_with_pact()
    folder = tmp_path_factory.mktemp("javascript")
    script = shutil.copy(tools.HERE / "javascript" / "write.js", folder)
    done = tools.run([node, script, tools.NODE_MODULES, folder], cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(params=["of_pact_python", "of_javascript"])
def theirs(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue(request.param)
    return folder


def verify(file: Path, answer: dict[str, Any]) -> None:
    with Orders(answer) as orders:
        verifier = Verifier("orders").url(orders.url).state(STATE, lambda: None).pacts(file)
        verifier.message(
            "an order was placed", lambda: (answer, {"key": "order-99", "contentType": "application/json"})
        )
        result = verifier.verify()
    assert result.success


@pytest.mark.parametrize("name", [*HTTP, *MESSAGES])
def test_a_file_of_another_tool_is_kept_by_a_right_provider(theirs: Path, name: str) -> None:
    verify(theirs / f"{name}-orders.json", ANSWER)


@pytest.mark.parametrize("name", [*HTTP, *MESSAGES])
def test_a_file_of_another_tool_is_broken_by_a_wrong_provider(theirs: Path, name: str) -> None:
    with pytest.raises(VerificationFailed, match=r"\$\.status"):
        verify(theirs / f"{name}-orders.json", BROKEN)


def ask(file: Path, answer: dict[str, Any]) -> None:
    def quote(question: dict[str, Any], metadata: dict[str, Any]) -> dict[str, Any]:
        assert question == {"sku": "a"}
        return answer

    Verifier("orders").message("a quote", quote).pacts(file).verify()


def test_a_synchronous_message_of_another_tool_is_kept_by_a_right_provider(theirs: Path) -> None:
    ask(theirs / "sync-V4-orders.json", ANSWER)


def test_a_synchronous_message_of_another_tool_is_broken_by_a_wrong_provider(theirs: Path) -> None:
    with pytest.raises(VerificationFailed, match=r"\$\.status"):
        ask(theirs / "sync-V4-orders.json", BROKEN)
