"""Every generator, and every part of a request and a response that one can stand for, in our own words."""

from __future__ import annotations

import re
from typing import Any

import pytest

from accord.contract.bodies import Body
from accord.contract.generators import prepare_answer, prepare_request
from accord.contract.model import Request, Response

HEX = "[0-9a-f]"
GROUPS = f"{HEX}{{8}}-{HEX}{{4}}-{HEX}{{4}}-{HEX}{{4}}-{HEX}{{12}}"


@pytest.mark.parametrize(
    ("generator", "pattern"),
    [
        ({"type": "RandomInt", "min": 0, "max": 1000}, r"\d{1,4}"),
        ({"type": "RandomDecimal", "digits": 6}, r"\d+\.\d+"),
        ({"type": "RandomHexadecimal", "digits": 8}, r"[0-9a-fA-F]{8}"),
        ({"type": "RandomString", "size": 20}, r"\w{20}"),
        ({"type": "Regex", "regex": r"\w{3}-\d+"}, r"\w{3}-\d+"),
        ({"type": "Date"}, r"\d{4}-\d\d-\d\d"),
        ({"type": "Time", "format": "HH:mm"}, r"\d\d:\d\d"),
        ({"type": "DateTime", "format": "yyyy-MM-dd'T'HH:mm:ss"}, r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"),
        ({"type": "RandomBoolean"}, "True|False"),
        ({"type": "Uuid"}, GROUPS),
        ({"type": "Uuid", "format": "simple"}, f"{HEX}{{32}}"),
        ({"type": "Uuid", "format": "lower-case-hyphenated"}, GROUPS),
        ({"type": "Uuid", "format": "upper-case-hyphenated"}, GROUPS.replace("a-f", "A-F")),
        ({"type": "Uuid", "format": "URN"}, f"urn:uuid:{GROUPS}"),
    ],
)
def test_a_generator_puts_a_value_of_its_kind_in_place_of_the_example(generator: dict[str, Any], pattern: str) -> None:
    request = Request(
        "POST", "/", body=Body.of_json({"one": "a", "two": "b"}), generators={"body": {"$.one": generator}}
    )
    made = prepare_request(request, {}).body.json()
    assert re.fullmatch(pattern, str(made["one"]))
    assert made["two"] == "b"


def test_values_of_the_providers_state_count_on_the_providers_side_alone() -> None:
    generators = {"body": {"$.one": {"type": "ProviderState", "expression": "id"}}}
    request = Request("POST", "/", body=Body.of_json({"one": "a"}), generators=generators)
    assert prepare_request(request, {"id": 1000}).body.json() == {"one": 1000}
    assert prepare_answer(request).body.json() == {"one": "a"}


def test_the_mocks_own_address_counts_on_the_consumers_side_alone() -> None:
    generator = {"type": "MockServerURL", "regex": ".*(/a)", "example": "http://1234:8080/a"}
    response = Response(200, body=Body.of_json({"one": "x"}), generators={"body": {"$.one": generator}})
    made = prepare_answer(response, mock_url="http://somewhere.world")
    assert made.body.json() == {"one": "http://somewhere.world/a"}


INTEGER = {"type": "RandomInt", "min": 300, "max": 399}


def test_generators_stand_for_every_part_of_a_request() -> None:
    request = Request(
        "GET",
        "/path",
        {"q": ("A",)},
        {"X-One": ("1",)},
        generators={"path": INTEGER, "query": {"q": INTEGER}, "header": {"X-One": INTEGER}},
    )
    made = prepare_request(request, {})
    for text in (made.path, *made.query["q"], *made.headers["X-One"]):
        assert re.fullmatch(r"3\d\d", text)


def test_generators_stand_for_every_part_of_a_response() -> None:
    generators = {"status": INTEGER, "header": {"X-One": INTEGER}, "body": {"$.one": INTEGER}}
    response = Response(200, {"X-One": ("1",)}, Body.of_json({"one": "a"}), generators=generators)
    made = prepare_answer(response)
    for value in (made.status, made.headers["X-One"][0], made.body.json()["one"]):
        assert re.fullmatch(r"3\d\d", str(value))
