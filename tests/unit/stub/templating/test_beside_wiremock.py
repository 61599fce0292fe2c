"""Templates and what WireMock 3.13.2 made of them, recorded; tests/integration/stub asks it again where it is there."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from accord.stub.templating import Surroundings, TemplateError, compile_template, request_model

_RECORDED = json.loads(Path(__file__).with_name("templates.json").read_text(encoding="utf-8"))


def _ours(template: str) -> str | None:
    request = _RECORDED["request"]
    model = request_model(
        method=request["method"], url=request["url"], headers=request["headers"].items(), body=request["body"].encode()
    )
    try:
        compiled = compile_template(template, surroundings=Surroundings(zone=UTC))
        return compiled.render({"request": model, "parameters": _RECORDED["parameters"]})
    except TemplateError:
        return None


@pytest.mark.parametrize("case", _RECORDED["cases"], ids=lambda case: case["template"][:40])
def test_a_template_gives_what_wiremock_gives(case: dict[str, Any]) -> None:
    assert _ours(case["template"]) == case["answer"]


@pytest.mark.parametrize("case", _RECORDED["disagreements"], ids=lambda case: case["template"])
def test_where_the_two_differ_it_is_on_purpose(case: dict[str, Any]) -> None:
    assert _ours(case["template"]) == case["ours"] != case["answer"], case["reason"]
