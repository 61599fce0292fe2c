"""Mappings read from JSON: what is wrong is refused with its place, nothing is taken in silence that means nothing."""

from __future__ import annotations

from typing import Any

import pytest

from accord.stub import MappingError
from accord.stub.mapping import read_mapping
from accord.stub.problems import STRICT


def refused(document: Any) -> list[str]:
    with pytest.raises(MappingError) as caught:
        read_mapping(document)
    return [f"{each.pointer}: {each.detail}" for each in caught.value.problems]


def asked(**request: Any) -> dict[str, Any]:
    return {"request": request}


def answered(**response: Any) -> dict[str, Any]:
    return {"response": response}


HEADER = "/request/headers/X-A"


@pytest.mark.parametrize(
    ("document", "place", "said"),
    [
        ({"requst": {}}, "/requst", "did you mean 'request'?"),
        (asked(urll="/x"), "/request/urll", "did you mean 'url'?"),
        (asked(headers={"X-A": {"equalToo": "1"}}), HEADER, "not a valid match operation"),
        (asked(headers={"X-A": "1"}), HEADER, "not a valid match operation"),
        (asked(headers={"X-A": {}}), HEADER, "not a valid match operation"),
        (asked(headers={"X-A": {"equalTo": 1}}), HEADER, "must be a non-null string"),
        (asked(headers={"a/b~": {"matches": "("}}), "/request/headers/a~1b~0", "not a valid regular expression"),
        (asked(headers={"X-A": {"and": [{"equalTo": "a"}, {"matches": "("}]}}), HEADER + "/and/1", "not a valid regular"),
        (asked(headers={"X-A": {"or": [{"equalTo": "a"}]}}), HEADER, "at least two"),
        (asked(headers=[]), "/request/headers", "an object"),
        (asked(urlPattern="("), "/request/urlPattern", "not a valid regular expression"),
        (asked(method=["GET"]), "/request/method", "a text such as GET"),
        (asked(port=0), "/request/port", "between 1 and 65535"),
        (asked(bodyPatterns={}), "/request/bodyPatterns", "an array"),
        (asked(bodyPatterns=[{"equalToJson": "{"}]), "/request/bodyPatterns/0", "ends in the middle"),
        (asked(bodyPatterns=[{"matchesJsonPath": "$["}]), "/request/bodyPatterns/0", "not a JSONPath"),
        (asked(bodyPatterns=[{"matchesJsonPath": {"expression": "$.a"}}]), "/request/bodyPatterns/0", "a matcher beside"),
        (asked(bodyPatterns=[{"matchesJsonSchema": {"type": "objekt"}}]), "/request/bodyPatterns/0", "not a JSON schema"),
        (asked(bodyPatterns=[{"equalToXml": "<a"}]), "/request/bodyPatterns/0", "is not XML"),
        (asked(bodyPatterns=[{"matchesXPath": "//["}]), "/request/bodyPatterns/0", "not an XPath"),
        (asked(bodyPatterns=[{"binaryEqualTo": "!"}]), "/request/bodyPatterns/0", "not base 64"),
        (asked(bodyPatterns=[{"before": "now", "expectedOffsetUnit": "ages"}]), "/request/bodyPatterns/0", "not a unit"),
        (asked(multipartPatterns=[{"nam": "x"}]), "/request/multipartPatterns/0/nam", "did you mean 'name'?"),
        (asked(urlPathTemplate="/a/{id}", pathParameters={"no": {"equalTo": "1"}}), "/request/pathParameters/no", "it has id"),
        (asked(customMatcher={"name": "x"}), "/request/customMatcher", "Java class"),
        (answered(statuss=200), "/response/statuss", "did you mean 'status'?"),
        (answered(status="abc"), "/response/status", "a whole number"),
        (answered(status=99), "/response/status", "between 100 and 999"),
        (answered(headers={"A": 1}), "/response/headers/A", "a text"),
        (answered(base64Body="!"), "/response/base64Body", "not base 64"),
        (answered(fault="BOOM"), "/response/fault", "CONNECTION_RESET_BY_PEER"),
        (answered(delayDistribution={"type": "gamma"}), "/response/delayDistribution", "fixed, lognormal, uniform"),
        (answered(delayDistribution={"type": "uniform", "lower": 2, "upper": 1}), "/response/delayDistribution", "above upper"),
        (answered(chunkedDribbleDelay={"numberOfChunks": 2}), "/response/chunkedDribbleDelay/totalDuration", "a number"),
        (answered(proxyBaseUrl="file:///etc"), "/response/proxyBaseUrl", "an http or https URL"),
        ({"id": "x"}, "/id", "a UUID"),
        ({"priority": "a"}, "/priority", "a whole number"),
        ({"metadata": 5}, "/metadata", "an object"),
        ({"metadata": {"accord": {"times": 0}}}, "/metadata/accord/times", "from 1 on"),
        ({"metadata": {"accord": {"timez": 1}}}, "/metadata/accord/timez", "did you mean 'times'?"),
        ({"serveEventListeners": [{"name": "webhook", "parameters": {}}]}, "/serveEventListeners/0/parameters", "a url"),
        ([], "", "an object"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_its_place(document: Any, place: str, said: str) -> None:
    (problem,) = refused(document)
    assert problem.startswith(f"{place}: ")
    assert said in problem


def test_all_unknown_fields_are_said_at_once() -> None:
    assert len(refused({"a": 1, "b": 2, "request": {}})) == 2


@pytest.mark.parametrize(
    "document",
    [
        asked(headers={"X-A": {"equalTo": "a", "contains": "b"}}),
        answered(transformers=["my-own"]),
        answered(textBody="x"),
        {"serveEventListeners": [{"name": "my-own"}]},
    ],
)
def test_what_wiremock_passes_over_is_refused_in_strict_mode_alone(document: Any) -> None:
    assert read_mapping(document).response.status == 200
    token = STRICT.set(True)
    try:
        with pytest.raises(MappingError, match="not marked as ignorable"):
            read_mapping(document)
    finally:
        STRICT.reset(token)


def test_a_mapping_is_shown_in_its_normal_form() -> None:
    shown = read_mapping(
        {"uuid": "0" * 8 + "-0000-0000-0000-" + "0" * 12, "request": {"url": "/a", "urlPath": "/b"}}
    ).document
    assert shown == {
        "id": "00000000-0000-0000-0000-000000000000",
        "request": {"url": "/a", "method": "ANY"},
        "response": {"status": 200},
        "uuid": "00000000-0000-0000-0000-000000000000",
    }


def test_reading_does_not_change_the_document() -> None:
    document = {
        "request": {"url": "/a", "bodyPatterns": [{"equalToJson": {"a": 1}}]},
        "response": {"jsonBody": {"b": 1}},
    }
    before = repr(document)
    read_mapping(document)
    assert repr(document) == before
