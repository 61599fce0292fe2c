from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.stub.wiremock_jar import rendered, running_wiremock

_RECORDED = Path(__file__).parents[3] / "unit" / "stub" / "templating" / "templates.json"


@pytest.mark.parametrize("every", [10, pytest.param(1, marks=pytest.mark.soak)])
def test_the_recorded_answers_are_those_of_the_real_wiremock(tmp_path: Path, every: int) -> None:
    recorded = json.loads(_RECORDED.read_text(encoding="utf-8"))
    cases = (recorded["cases"] + recorded["disagreements"])[::every]
    with running_wiremock(tmp_path) as port:
        seen = {
            case["template"]: rendered(port, case["template"], recorded["request"], recorded["parameters"])
            for case in cases
        }
    assert seen == {case["template"]: case["answer"] for case in cases}
