"""What a browser is sent: pages at the documents' addresses, with nothing from elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.integration.hub.pages.world import CONSUMER, HOSTILE, PROVIDER, fill

if TYPE_CHECKING:
    import httpx

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}
PAIR = f"/pacts/provider/{PROVIDER}/consumer/{CONSUMER}"


@pytest.fixture(scope="module", autouse=True)
def _filled(client: httpx.Client) -> None:
    fill(client)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/pacticipants",
        "/dashboard",
        f"/pacticipants/{CONSUMER}",
        f"/pacticipants/{CONSUMER}/versions/1.1.0",
        f"{PAIR}/latest",
        f"{PAIR}/latest-untagged",
        f"{PAIR}/version/1.0.0",
        f"{PAIR}/branch/main/latest",
        f"/matrix/provider/{PROVIDER}/consumer/{CONSUMER}",
        f"/matrix?q[][pacticipant]={CONSUMER}",
        f"/can-i-deploy?pacticipant={CONSUMER}&version=1.1.0",
        "/environments",
    ],
)
def test_a_browser_gets_a_page_where_a_client_gets_a_document(client: httpx.Client, path: str) -> None:
    page = client.get(path, headers=BROWSER)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html;charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'")
    assert "unsafe" not in policy
    assert not re.findall(r"<script(?![^>]*\bsrc=)|<style|\bon[a-z]+=|\bstyle=", _without_text(page.text))
    assert HOSTILE not in page.text
    for accept in ("application/hal+json", "application/json", "*/*", "application/hal+json, text/html;q=0.5"):
        document = client.get(path, headers={"accept": accept})
        assert "json" in document.headers["content-type"], accept
        assert document.json()


def _without_text(page: str) -> str:
    """The tags alone; attributes' values are escaped, so that a quote ends them."""
    return re.sub(r'"[^"]*"', '""', re.sub(r">[^<]*<", "><", page))


def test_what_is_not_there_is_said_on_a_page(client: httpx.Client) -> None:
    page = client.get("/pacticipants/%3Cb%3Enobody", headers=BROWSER)
    assert page.status_code == 404
    assert "No pacticipant with name &#39;&lt;b&gt;nobody&#39; found" in page.text
    bad = client.get("/matrix/provider/nobody/consumer/checkout", headers=BROWSER)
    assert "Pacticipant nobody not found" in bad.text


def test_the_overview_is_searched_and_turned_on_the_server_too(client: httpx.Client) -> None:
    def names(query: str) -> list[str]:
        page = client.get(f"/?{query}", headers=BROWSER).text
        return re.findall(r'data-search="([^"]*)"', page)

    assert names("search=CHECKOUT+pay") == [f"{CONSUMER} {PROVIDER}"]
    assert names("state=failed") == [f"{CONSUMER} {PROVIDER}"]
    assert names("search=nobody") == []
    assert len(names("page=1")) == 18
    assert names("page=2") == []


def test_a_pact_s_page_has_what_changed_and_what_failed(client: httpx.Client) -> None:
    page = client.get(f"{PAIR}/latest", headers=BROWSER).text
    assert '<span class="removed">-          &#34;edition&#34;: 1' in page
    assert '<span class="added">+          &#34;edition&#34;: 2' in page
    assert "request 0, edition 2: $.id: Expected 1 but got &lt;b&gt;2&lt;/b&gt;" in page
    old = client.get(f"{PAIR}/version/1.0.0", headers=BROWSER).text
    assert "Every earlier version said the same" in old
    assert "Newest version, 1.1.0" in old
    compared = client.get(f"{PAIR}/version/1.0.0?compare=1.1.0", headers=BROWSER).text
    assert '<span class="added">+          &#34;edition&#34;: 1' in compared


def test_links_and_files_keep_a_proxy_s_prefix_and_files_may_be_kept(client: httpx.Client) -> None:
    page = client.get("/", headers={**BROWSER, "x-forwarded-prefix": "/pacts"}).text
    links = set(re.findall(r'(?:href|src|action)="([^"#]*)', page)) - {""}
    assert all(each.startswith("/pacts/") for each in links), links
    for each in (each.removeprefix("/pacts") for each in links if "/assets/" in each):
        answer = client.get(each)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert client.get("/assets/..%2Frendering.py").status_code == 404
    assert client.get("/assets/hub.css?v=other").headers["cache-control"] == "no-cache"


def test_an_address_that_would_run_a_script_is_no_link(client: httpx.Client) -> None:
    page = client.get(f"/pacticipants/{CONSUMER}", headers=BROWSER).text
    assert "javascript:alert(1)" in page
    assert 'href="javascript:' not in page
