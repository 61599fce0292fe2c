"""Recordings: replayed from files, checked against the document each time, without secrets."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from accord.core.errors import DocumentError, UsageError
from accord.core.http.messages import HttpRequest, HttpResponse
from accord.testing import Recording, RecordingMissing, Recordings, RecordingStale, WrongRequest
from tests.unit.testing.doubles.documents import ORDERS, PACT

if TYPE_CHECKING:
    from pathlib import Path

ORDER = {"id": "o-001", "total": 3, "state": "open"}
URL = "https://orders.example"
ONE = HttpRequest("GET", "/orders/1", (("Authorization", "Bearer very-secret-1"),))


def answer(body: Any, **headers: str) -> HttpResponse:
    pairs = (("Content-Type", "application/json"), ("Date", "Mon, 15 Jun 2026"), *headers.items())
    return HttpResponse(200, pairs, json.dumps(body).encode())


def recording(folder: Path, *, refresh: bool = False, document: Any = ORDERS, **settings: Any) -> Recording:
    return Recordings(folder, refresh=refresh)("orders/one", url=URL, openapi=document, **settings)


def test_what_was_recorded_is_replayed_without_its_secrets(tmp_path: Path) -> None:
    came = answer({**ORDER, "placed": "2026-06-15T12:00:00Z"}, **{"Set-Cookie": "sid=1", "X-Echo": "very-secret-1"})
    recording(tmp_path, refresh=True).record(ONE, came)
    text = (tmp_path / "orders" / "one.json").read_text(encoding="utf-8")
    assert "very-secret-1" not in text
    assert "sid=1" not in text
    assert '"total": 3' in text
    with recording(tmp_path).client() as client:
        replayed = client.get("/orders/1")
    assert replayed.json()["id"] == "o-001"
    assert replayed.headers["set-cookie"] == "scrubbed"


async def test_the_same_request_again_gets_the_next_answer(tmp_path: Path) -> None:
    fresh = recording(tmp_path, refresh=True)
    fresh.record(ONE, answer(ORDER))
    fresh.record(ONE, answer({**ORDER, "state": "paid"}))
    async with recording(tmp_path).async_client() as client:
        states = [(await client.get("/orders/1")).json()["state"] for _ in range(3)]
    assert states == ["open", "paid", "paid"]


def test_a_request_with_a_secret_is_found_again_by_all_but_the_secret(tmp_path: Path) -> None:
    document = deepcopy(ORDERS)
    document["paths"]["/orders/{number}"]["parameters"].append({"name": "api_key", "in": "query", "schema": {}})
    request = HttpRequest("GET", "/orders/1?api_key=one-secret")
    recording(tmp_path, refresh=True, document=document).record(request, answer(ORDER))
    assert recording(tmp_path, document=document).client().get("/orders/1?api_key=another").status_code == 200


def test_what_is_not_recorded_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(
        RecordingMissing, match=r"(?s)nothing is recorded for GET /orders/1 .*pytest --refresh '.*::test_what"
    ):
        recording(tmp_path).client().get("/orders/1")
    recording(tmp_path, refresh=True).record(ONE, answer(ORDER))
    with pytest.raises(RecordingMissing, match=r"recorded: \n  GET /orders/1"):
        recording(tmp_path).client().get("/orders/2")


def test_a_recording_is_stale_when_the_document_does_not_allow_it_any_more(tmp_path: Path) -> None:
    recording(tmp_path, refresh=True).record(ONE, answer(ORDER))
    changed = deepcopy(ORDERS)
    changed["components"]["schemas"]["Order"]["properties"]["total"] = {"type": "string"}
    said = r"(?s)has changed since it was recorded, .*body \$\.total: expected string, seen 3.*pytest --refresh"
    with pytest.raises(RecordingStale, match=said):
        recording(tmp_path, document=changed).client().get("/orders/1")


def test_a_change_that_still_allows_it_is_none(tmp_path: Path) -> None:
    recording(tmp_path, refresh=True).record(ONE, answer(ORDER))
    changed = deepcopy(ORDERS)
    changed["components"]["schemas"]["Order"]["properties"]["note"] = {"type": "string"}
    assert recording(tmp_path, document=changed).client().get("/orders/1").status_code == 200


def test_a_file_changed_by_hand_must_be_allowed_too(tmp_path: Path) -> None:
    recording(tmp_path, refresh=True).record(ONE, answer(ORDER))
    path = tmp_path / "orders" / "one.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"total": 3', '"total": "3"'), encoding="utf-8")
    with pytest.raises(RecordingStale, match="is as it was when it was recorded"):
        recording(tmp_path).client().get("/orders/1")
    path.write_text('{"exchanges": [1]}', encoding="utf-8")
    with pytest.raises(DocumentError, match="is no recording"):
        recording(tmp_path).client().get("/orders/1")


def test_a_real_answer_that_the_document_does_not_allow_is_not_recorded(tmp_path: Path) -> None:
    with pytest.raises(RecordingStale, match=r"(?s)the real service answered.*Not recorded"):
        recording(tmp_path, refresh=True).record(ONE, answer({**ORDER, "total": "3"}))
    assert not (tmp_path / "orders").exists()
    with pytest.raises(WrongRequest):
        recording(tmp_path).client().get("/nowhere")


def test_a_secret_keeps_its_shape_where_the_document_wants_one(tmp_path: Path) -> None:
    document = deepcopy(ORDERS)
    document["components"]["schemas"]["Order"]["properties"]["token"] = {
        "type": "string",
        "pattern": "^[a-z]_[a-z]{4}$",
    }
    clean = recording(tmp_path, refresh=True, document=document).record(ONE, answer({**ORDER, "token": "t_wxyz"}))
    assert json.loads(clean.body)["token"] == "a_aaaa"
    document["components"]["schemas"]["Order"]["properties"]["token"] = {"const": "t_wxyz"}
    with pytest.raises(UsageError, match=r"allows no other value in:\n.*\$\.token"):
        recording(tmp_path, refresh=True, document=document).record(ONE, answer({**ORDER, "token": "t_wxyz"}))


def test_a_pact_checks_recordings_too(tmp_path: Path) -> None:
    for refresh in (True, False):
        made = Recordings(tmp_path, refresh=refresh)("p", url=URL, pact=PACT)
        if refresh:
            made.record(ONE, answer({"id": "o-1", "total": 7}))
        else:
            assert made.client().get("/orders/1").json()["total"] == 7


def test_what_makes_no_sense_is_refused(tmp_path: Path) -> None:
    made = Recordings(tmp_path)
    with pytest.raises(UsageError, match="leads out of"):
        made("../outside", url=URL, openapi=ORDERS)
    with pytest.raises(UsageError, match="give one of them"):
        made("a", url=URL)
