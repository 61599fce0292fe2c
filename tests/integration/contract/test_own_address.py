"""What a mock can only know when it runs: its own address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from accord import Pact, match

if TYPE_CHECKING:
    from pathlib import Path


def test_a_mock_answers_with_its_own_address(tmp_path: Path) -> None:
    pact = Pact("C", "P", directory=tmp_path)
    body = {
        "next": match.url("/page/2", r"/page/\d+"),
        "at": match.generated(match.date("2020-01-01"), "Date", format="yyyy-MM-dd"),
    }
    pact.upon_receiving("a page").with_request("GET", "/page/1").will_respond_with(200, body=body)
    with pact.serve() as mock:
        answer = httpx.get(f"{mock.url}/page/1").json()
        assert answer["next"] == f"{mock.url}/page/2"
        assert answer["at"] > "2020-01-01"
