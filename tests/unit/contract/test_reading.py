from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from accord.contract.model import AsyncMessage, Contract, HttpInteraction, ProviderState, SyncMessage
from accord.contract.reading import contract_from_json
from accord.contract.spec import SpecVersion
from accord.core.errors import ContractFormatError

if TYPE_CHECKING:
    from pathlib import Path


def pact(version: str | None = None, **sections: Any) -> dict[str, Any]:
    metadata = {} if version is None else {"metadata": {"pactSpecification": {"version": version}}}
    return {"consumer": {"name": "web"}, "provider": {"name": "orders"}, **sections, **metadata}


def http(version: str | None = None, request: Any = None, response: Any = None, **more: Any) -> dict[str, Any]:
    item = {"description": "an order", "request": request or {}, "response": response or {}, **more}
    return pact(version, interactions=[item])


def only(document: dict[str, Any]) -> Any:
    (interaction,) = contract_from_json(document).interactions
    return interaction


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (pact("1.1.0"), SpecVersion.V1_1),
        (pact("2.0.0"), SpecVersion.V2),
        (pact(metadata={"pact-specification": {"version": "3.0.0"}}), SpecVersion.V3),
        (pact(metadata={"pactSpecificationVersion": "1.0"}), SpecVersion.V1),
        (pact(), SpecVersion.V2),
        (pact(messages=[]), SpecVersion.V3),
        (http(providerStates=[]), SpecVersion.V3),
        (http(type="Synchronous/HTTP"), SpecVersion.V4),
    ],
)
def test_the_version_stands_in_the_metadata_else_is_guessed(document: dict[str, Any], expected: SpecVersion) -> None:
    assert contract_from_json(document).version is expected


def test_participants_are_read_as_objects_and_as_texts() -> None:
    contract = contract_from_json({"consumer": "web", "provider": {"name": "orders"}})
    assert (contract.consumer, contract.provider) == ("web", "orders")


@pytest.mark.parametrize("key", ["providerState", "provider_state"])
def test_one_state_before_v3_is_a_text(key: str) -> None:
    assert only(http("2.0.0", **{key: "it exists"})).states == (ProviderState("it exists"),)


def test_states_since_v3_are_a_list_with_parameters() -> None:
    states = [{"name": "an order", "params": {"id": 1}}, {"name": "a user"}, "as text"]
    assert only(http("3.0.0", providerStates=states)).states == (
        ProviderState("an order", {"id": 1}),
        ProviderState("a user"),
        ProviderState("as text"),
    )


@pytest.mark.parametrize("query", ["a=1&b=2&a=%20&c=", "?a=1&b=2&a=+&c="])
def test_a_query_before_v3_is_a_text(query: str) -> None:
    request = only(http("2.0.0", {"query": query})).request
    assert request.query == {"a": ("1", " "), "b": ("2",), "c": ("",)}
    assert request.query_text == query


def test_values_of_query_and_headers_are_texts_lists_or_numbers() -> None:
    request = only(
        http("4.0", {"query": {"a": ["1", 2], "b": None, "d": True}, "headers": {"X": 3, "Y": ["a", "b"]}})
    ).request
    assert request.query == {"a": ("1", "2"), "b": ("",), "d": ("true",)}
    assert request.headers == {"X": ("3",), "Y": ("a", "b")}


@pytest.mark.parametrize(
    ("part", "state"),
    [({}, "missing"), ({"body": None}, "null"), ({"body": ""}, "empty"), ({"body": {}}, "present")],
)
def test_a_body_is_missing_null_empty_or_present(part: dict[str, Any], state: str) -> None:
    assert only(http("3.0.0", part)).request.body.state == state


@pytest.mark.parametrize(
    ("body", "data", "media_type"),
    [
        ({"content": {"a": 1}}, b'{"a":1}', "application/json"),
        ({"content": "text", "contentType": "text/plain"}, b"text", "text/plain"),
        ({"content": "text", "contentType": "application/json"}, b'"text"', "application/json"),
        ({"content": '{"a":1}', "contentType": "application/json", "encoded": "JSON"}, b'{"a":1}', "application/json"),
        ({"content": "AP8=", "contentType": "image/png", "encoded": "base64"}, b"\x00\xff", "image/png"),
        ({"content": "AP8=", "contentType": "image/png", "encoded": True}, b"\x00\xff", "image/png"),
        ({"content": ""}, b"", None),
    ],
)
def test_a_body_of_v4_carries_its_type_and_encoding(body: dict[str, Any], data: bytes, media_type: str | None) -> None:
    read = only(http("4.0", {"body": body})).request.body
    assert (read.data, read.media_type()) == (data, media_type)


@pytest.mark.parametrize(
    ("text", "headers", "data"),
    [
        ("hello", {"Content-Type": "text/plain"}, b"hello"),
        ("hello", {"Content-Type": "application/json"}, b'"hello"'),
        ('{"a": 1}', {"content-type": "application/json"}, b'{"a": 1}'),
        ("hello", {}, b"hello"),
    ],
)
def test_a_text_before_v4_is_the_raw_body_unless_it_should_be_json(
    text: str, headers: dict[str, str], data: bytes
) -> None:
    assert only(http("2.0.0", {"headers": headers, "body": text})).request.body.data == data


def test_messages_of_v3_and_v4_are_the_same_to_us() -> None:
    v3 = pact("3.0.0", messages=[{"description": "e", "contents": {"a": 1}, "metaData": {"k": "v"}}])
    content = {"content": {"a": 1}, "contentType": "application/json"}
    item = {"type": "Asynchronous/Messages", "description": "e", "contents": content, "metadata": {"k": "v"}}
    read = [only(v3), only(pact("4.0", interactions=[item]))]
    assert all(isinstance(each, AsyncMessage) for each in read)
    assert [(each.contents.body, each.contents.metadata) for each in read] == [(read[0].contents.body, {"k": "v"})] * 2


def test_a_synchronous_message_has_a_request_and_answers() -> None:
    part = {"contents": {"content": {"a": 1}}}
    item = {"type": "Synchronous/Messages", "description": "m", "request": part, "response": [part, part]}
    read = only(pact("4.0", interactions=[item]))
    assert isinstance(read, SyncMessage)
    assert [answer.body.json() for answer in read.responses] == [{"a": 1}, {"a": 1}]


def test_keys_pending_and_comments_of_v4_are_read() -> None:
    read = only(http("4.0", type="Synchronous/HTTP", key=12, pending=True, comments={"text": ["why"]}))
    assert isinstance(read, HttpInteraction)
    assert (read.key, read.pending, read.comments) == ("12", True, {"text": ["why"]})


def test_a_file_is_read_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text(json.dumps(http("4.0")), encoding="utf-8-sig")
    contract = Contract.read(path)
    assert contract.source == str(path)
    assert contract.interactions[0].title == "an order"


@pytest.mark.parametrize(
    ("document", "path", "message"),
    [
        ([], "$", "a pact is a JSON object; seen an array"),
        ("x", "$", "seen the text 'x'"),
        ({}, "$.consumer", "with the consumer's name"),
        ({"consumer": {"name": "c"}, "provider": {"name": ""}}, "$.provider", "with the provider's name"),
        (pact("9.9"), "$.metadata.pactSpecification", "unknown Pact specification version '9.9'"),
        (pact(metadata=[1]), "$.metadata", "expected an object, seen an array"),
        (pact(interactions=5), "$.interactions", "expected an array, seen the number 5"),
        (pact("4.0", interactions={"a": 1}), "$.interactions", "expected an array"),
        (pact(messages="x"), "$.messages", "expected an array"),
        (pact(interactions={}), "$.interactions", "expected an array, seen an object"),
        (pact("3.0.0", messages=""), "$.messages", "expected an array, seen the text ''"),
        (pact(interactions=[3]), "$.interactions[0]", "expected an object, seen the number 3"),
    ],
)
def test_a_document_that_is_no_pact_is_refused_with_the_path(document: object, path: str, message: str) -> None:
    with pytest.raises(ContractFormatError) as caught:
        contract_from_json(document, source="p.json")
    assert str(caught.value).startswith(f"p.json: {path}: ")
    assert message in str(caught.value)
    assert (caught.value.source, caught.value.path) == ("p.json", path)


@pytest.mark.parametrize(
    ("more", "path", "message"),
    [
        ({"type": "Telepathy"}, ".type", "unknown interaction type 'Telepathy'"),
        ({"request": [1]}, ".request", "expected an object, seen an array"),
        ({"request": {"method": 5}}, ".request.method", "expected a text"),
        ({"request": {"path": None}}, ".request.path", "expected a text, seen null"),
        ({"request": {"query": 5}}, ".request.query", "expected an object"),
        ({"request": {"headers": {"A": {}}}}, ".request.headers.A", "expected a text, seen an object"),
        ({"response": {"status": "abc"}}, ".response.status", "such as 200"),
        ({"response": {"status": "²"}}, ".response.status", "such as 200"),
        ({"response": {"status": True}}, ".response.status", "such as 200, seen true"),
        ({"response": {"body": 5}}, ".response.body", "expected an object, seen the number 5"),
        ({"response": {"body": {"content": "!", "encoded": "base64"}}}, ".response.body.content", "is not base64"),
        ({"response": {"body": {"content": {}, "encoded": True}}}, ".response.body", "expected encoded content"),
        ({"response": {"generators": []}}, ".response.generators", None),
        ({"response": {"generators": [1]}}, ".response.generators", "expected an object"),
        ({"providerStates": [3]}, ".providerStates[0]", "expected an object"),
        ({"providerStates": [{}]}, ".providerStates[0].name", "expected a text, seen nothing: the key is missing"),
        ({"providerStates": [{"name": "a", "params": [1]}]}, ".providerStates[0].params", "expected an object"),
        ({"comments": "x"}, ".comments", "expected an object"),
    ],
)
def test_a_wrong_part_is_refused_with_file_interaction_and_path(
    more: dict[str, Any], path: str, message: str | None
) -> None:
    document = http("4.0", **more)
    if message is None:  # an empty array where an object was expected is as good as nothing
        assert only(document)
        return
    with pytest.raises(ContractFormatError) as caught:
        contract_from_json(document, source="p.json")
    error = caught.value
    assert (error.source, error.interaction, error.path) == ("p.json", "an order", f"$.interactions[0]{path}")
    assert str(error) == f"p.json: interaction 'an order', {error.path}: {error.message}"
    assert message in error.message


def test_reading_changes_nothing_of_the_document() -> None:
    rules = {"body": {"$": {"matchers": [{"match": "type", "min": "1"}, {"match": "date"}]}}}
    document = http("3.0.0", {"matchingRules": rules, "query": {"a": "1"}}, key="k", unknown=[1])
    before = json.dumps(document)
    contract_from_json(document)
    assert json.dumps(document) == before
