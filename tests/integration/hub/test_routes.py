"""Every route of the reference is there, and none answers anything with a 500."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.behaviours.hub_seed import publication

if TYPE_CHECKING:
    import httpx

ROUTES = Path(__file__).parents[4] / "shared" / "pact" / "broker-routes.md"
LEFT_OUT = {"/test/error"}
"""It is there to fail on purpose."""

NAMES = ["C0", "ä/ö <b>", "' OR 1=1 --"]
BODIES = [b"{}", b"[]", b'{"name": 1, "contracts": [3], "request": {"url": 5}}', b"\xff"]


def reference_routes() -> list[tuple[str, str]]:
    """Method and path of each."""
    rows = [line.strip("|").split("|") for line in ROUTES.read_text(encoding="utf-8").splitlines()[2:]]
    return [(method, row[0].strip()) for row in rows for method in row[1].split()]


@pytest.mark.skipif(not ROUTES.exists(), reason=f"the table is not at {ROUTES}")
def test_every_route_of_the_reference_is_there(client: httpx.Client) -> None:
    missing = []
    for method, path in reference_routes():
        if path in LEFT_OUT:
            continue
        answer = client.request(method, re.sub(r"\{\w+\}", "x", path), headers={"content-type": "application/json"})
        unknown = answer.status_code == 404 and "was not found on this server" in answer.text and "{" not in path
        if answer.status_code == 405 or unknown:
            missing.append((method, path, answer.status_code))
    assert missing == []


def test_no_route_answers_nonsense_with_a_500(client: httpx.Client) -> None:
    client.post("/contracts/publish", json=publication("C0", ["C0"], "C0", 1))
    failures = []
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        for method in methods:
            for number, name in enumerate(NAMES):
                url = re.sub(
                    r"\{\w+\}",
                    name.replace("/", "%2F").replace(" ", "%20").replace("<", "%3C").replace(">", "%3E"),
                    path,
                )
                content = BODIES[(number + len(path)) % len(BODIES)] if method in {"post", "put", "patch"} else None
                answer = client.request(method, url, content=content, headers={"content-type": "application/json"})
                if answer.status_code >= 500:
                    failures.append((method, url, content, answer.text))
    assert failures == []


def test_the_api_s_page_asks_nobody_else(client: httpx.Client) -> None:
    page = client.get("/docs").text
    assert "/contracts/publish" in page
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//(?!127\.0\.0\.1)", page)


def test_options_say_what_can_be_done(client: httpx.Client) -> None:
    for path, methods in (("/pacticipants/C0", "GET, PUT, PATCH, DELETE, OPTIONS"), ("/labels", "GET, OPTIONS")):
        answer = client.options(path)
        assert (answer.status_code, answer.content) == (200, b"")
        assert (answer.headers["allow"], answer.headers["access-control-allow-methods"]) == (methods, methods)


def test_lists_come_in_pages_and_narrowed(client: httpx.Client) -> None:
    for number in range(3):
        client.put(f"/pacticipants/Paged{number}/labels/paged-{number}", json={})
        client.put(f"/pacticipants/Paged0/branches/b{number}/versions/{number}", json={})
        body = publication("Paged0", [f"Paged{number}"], "9", 1)
        assert client.post("/contracts/publish", json=body).status_code == 200
    lists = {
        "/pacticipants?q=paged": "pacticipants",
        "/labels": "labels",
        "/integrations?q=paged": "integrations",
        "/pacticipants/Paged0/branches?q=b": "branches",
        "/pacticipants/Paged0/versions": "versions",
    }
    for path, name in lists.items():
        whole = client.get(path).json()
        total = len(whole["_embedded"][name])
        assert total >= 3
        assert "page" not in whole
        join = "&" if "?" in path else "?"
        for numbers in (f"{join}page=2&size=2", f"{join}pageNumber=2&pageSize=2"):
            second = client.get(path + numbers).json()
            assert second["_embedded"][name] == whole["_embedded"][name][2:4]
            pages = -(-total // 2)
            assert second["page"] == {"number": 2, "size": 2, "totalElements": total, "totalPages": pages}
            assert second["_links"]["previous"]["href"].endswith(f"{path.partition('?')[0]}?size=2&page=1")
            assert "?" not in second["_links"]["self"]["href"]
