"""The pages in a real browser: narrow and wide, empty and full, light and dark, by keyboard."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest

from tests.behaviours.hub import HubProcess, running_hub
from tests.integration.hub.pages.world import CONSUMER, HOSTILE, PROVIDER, fill

if TYPE_CHECKING:
    from collections.abc import Iterator

sys.path.append(str(Path(__file__).parents[4] / ".tools" / "python"))
playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed; make tools fetches it")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here; apt-get install chromium")

PAIR = f"/pacts/provider/{PROVIDER}/consumer/{CONSUMER}"
DEPLOY = f"/can-i-deploy?pacticipant={CONSUMER}&version=1.1.0"
FULL = {
    "/": "Integrations",
    f"/pacticipants/{CONSUMER}": CONSUMER,
    f"/pacticipants/{quote(HOSTILE, safe='')}": HOSTILE,
    f"/pacticipants/{CONSUMER}/versions/1.1.0": "1.1.0",
    f"{PAIR}/latest": f"{CONSUMER} needs {PROVIDER}",
    f"/matrix?q[][pacticipant]={CONSUMER}": "Matrix",
    DEPLOY: "Can I deploy?",
    "/environments": "Environments",
    "/docs": "The API",
}
EMPTY = {
    "/": "Nothing is published yet",
    "/matrix": "Nobody has published anything yet",
    "/can-i-deploy": "Nobody has published anything yet",
    "/environments": "There is no environment yet",
}


@dataclass
class Visit:
    """A browser's window, with what went wrong in it."""

    page: Any
    url: str
    problems: list[str] = field(default_factory=list)

    def go(self, path: str) -> Any:
        """Open a page; all that it loads has to come from the hub, without a word in the console."""
        self.page.goto(self.url + path)
        return self.page

    def watch(self) -> None:
        """Note errors and requests to others."""
        self.page.on("console", lambda message: self.problems.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: self.problems.append(f"dialog: {dialog.message}"))
        self.page.on("request", self._check)

    def _check(self, request: Any) -> None:
        if not request.url.startswith(f"{self.url}/"):
            self.problems.append(f"request: {request.url}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def full(hub: HubProcess) -> HubProcess:
    with httpx.Client(base_url=hub.url, timeout=60) as client:
        fill(client)
    return hub


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    with running_hub(tmp_path_factory.mktemp("empty"), "--quiet") as hub:
        yield hub


def visit(browser: Any, hub: HubProcess, width: int = 1440, scheme: str = "light") -> Visit:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    found = Visit(context.new_page(), hub.url)
    found.watch()
    return found


SIZES = pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])


@SIZES
def test_every_page_is_whole_at_each_width_and_shows_html_as_text(
    browser: Any, full: HubProcess, width: int, scheme: str
) -> None:
    window = visit(browser, full, width, scheme)
    for path, heading in FULL.items():
        page = window.go(path)
        assert page.locator("h1").inner_text() == heading
        assert page.locator("h1").count() == 1
        assert page.locator("main img:not([src*='/badge']), main script, main b > b, main u, main em").count() == 0, (
            path
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} is wider than the window"
        unnamed = (
            "[...document.querySelectorAll('input:not([type=hidden]), select')].filter((e) => !e.labels.length).length"
        )
        assert page.evaluate(unnamed) == 0, f"{path} has a field without a label"
        assert HOSTILE in page.content() or "<img src=x" not in page.content()
    assert window.problems == []


@SIZES
def test_an_empty_hub_says_how_to_begin(browser: Any, empty: HubProcess, width: int, scheme: str) -> None:
    window = visit(browser, empty, width, scheme)
    for path, words in EMPTY.items():
        page = window.go(path)
        assert words in page.locator("main").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert window.problems == []


def test_light_and_dark_follow_the_system_and_can_be_read(browser: Any, full: HubProcess) -> None:
    grounds = {}
    for scheme in ("light", "dark"):
        page = visit(browser, full, scheme=scheme).go("/")
        grounds[scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert page.evaluate(LEAST_CONTRAST) >= 4.5, scheme
    assert grounds["light"] != grounds["dark"]


LEAST_CONTRAST = """() => {
  const numbers = (colour) => colour.match(/[0-9.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (element) => {
    for (; element; element = element.parentElement) {
      const found = numbers(getComputedStyle(element).backgroundColor);
      if (found.length === 3 || found[3] === 1) return found;
    }
    return [255, 255, 255];
  };
  const ratios = [...document.querySelectorAll("a, td, th, span, button, label, h1")].filter((e) => e.innerText).map((e) => {
    const [a, b] = [light(numbers(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  });
  return Math.min(...ratios);
}"""


def test_the_search_goes_by_keyboard_alone(browser: Any, full: HubProcess) -> None:
    window = visit(browser, full)
    page = window.go("/")
    rows = page.locator("#pairs tbody tr:visible")
    everything = rows.count()
    page.keyboard.press("/")
    page.keyboard.type("CHECK pay")
    assert rows.count() == 1
    assert rows.first.locator("a").first.inner_text() == CONSUMER
    assert page.locator("#told").inner_text() == f"1 of {everything} integrations"
    page.keyboard.type("nobody")
    assert page.locator("#nothing").is_visible()
    page.keyboard.press("Escape")
    assert rows.count() == everything
    page.keyboard.type(PROVIDER)
    page.keyboard.press("Enter")
    page.wait_for_url("**/?search=payments")
    assert rows.count() == 2
    assert window.problems == []


def test_the_first_tab_leads_past_the_menu_and_focus_is_seen(browser: Any, full: HubProcess) -> None:
    page = visit(browser, full).go("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "search"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_a_question_asked_in_the_form_is_answered_with_a_command_to_copy(browser: Any, full: HubProcess) -> None:
    window = visit(browser, full)
    window.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = window.go("/can-i-deploy")
    page.get_by_label("Participant").fill(CONSUMER)
    page.get_by_label("Version").fill("1.1.0")
    page.keyboard.press("Enter")
    page.wait_for_url("**/can-i-deploy?*")
    assert page.locator(".answer").inner_text() == "✗ No"
    failed = page.locator(".reasons > li").filter(has_text="failed").first
    assert "request 0, edition 2: $.id: Expected 1 but got <b>2</b>" in failed.inner_text()
    failed.get_by_role("button", name="Copy").click()
    page.locator("#told").get_by_text("The command was copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"accord verify {PROVIDER} --version 2.1.0 --hub {full.url}"
    assert window.problems == []


def test_the_matrix_s_form_finds_the_rows(browser: Any, full: HubProcess) -> None:
    window = visit(browser, full)
    page = window.go("/matrix")
    for name, value in (("Participant", CONSUMER), ("With", PROVIDER)):
        page.get_by_role("group", name=name).get_by_label("Name").fill(value)
    page.get_by_role("button", name="Show").click()
    page.get_by_role("heading", name="2 rows").wait_for()
    assert page.locator("tbody tr").evaluate_all("rows => rows.map((row) => row.className)") == ["bad", "good"]
    assert window.problems == []
