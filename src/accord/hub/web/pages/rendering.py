"""Pages from templates: everything is escaped, and browsers are told to load nothing but the hub's own files."""

from __future__ import annotations

import json
import shlex
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from accord.hub.domain.records import timestamp
from accord.hub.web.answers import HTML, TITLES, Answer
from accord.hub.web.hub import addresses_of, hub_of
from accord.hub.web.pages.addresses import PageAddresses
from accord.hub.web.pages.assets import fingerprint

if TYPE_CHECKING:
    from jinja2 import Environment
    from starlette.requests import Request

    from accord.hub.web.gate import Denial

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "same-origin",
}

_REFUSALS = {401: "Sign in", 403: "This is not allowed", 429: "Too many requests"}
_SECONDS = (("year", 31_536_000), ("month", 2_592_000), ("day", 86_400), ("hour", 3600), ("minute", 60))


def page(request: Request, template: str, status: int = 200, **values: Any) -> Answer:
    """A page.

    Args:
        request: whom it answers.
        template: its file in ``templates``.
        status: of the answer.
        values: what the template shows, beside ``to`` (addresses), ``hub`` (the whole URL) and ``now``.
    """
    whole = addresses_of(request)
    text = _templates().get_template(template).render(
        to=PageAddresses(whole), hub=whole.base, now=hub_of(request).clock(), **values
    )  # fmt: skip
    return Answer(text.encode("utf-8", "replace"), status, media_type=HTML, headers=HEADERS)


def error_page(request: Request, answer: Answer) -> Answer:
    """What an error's document says, as a page."""
    body = bytes(answer.body)
    document = json.loads(body) if body else {}
    errors = document.get("errors")
    if isinstance(errors, dict):
        lines = [f"{name}: {text}" for name, texts in errors.items() for text in texts]
    else:
        lines = list(errors or [document.get("error", "")])
    status = answer.status_code
    return page(request, "error.html", status, heading=TITLES.get(status, "This did not work"), lines=lines)


def refusal_page(request: Request, denial: Denial) -> Answer:
    """Why somebody is not let in, and how to get in."""
    status = denial.status
    unknown = status == 401  # noqa: PLR2004 - unauthorized
    heading = _REFUSALS.get(status, "This did not work")
    answer = page(request, "refused.html", status, unknown=unknown, heading=heading, message=denial.message)
    answer.raw_headers += [(name.encode(), value.encode()) for name, value in denial.headers]
    return answer


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - a hub without visitors needs none

    found = Environment(
        loader=PackageLoader(__package__ or "accord.hub.web.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters.update(iso=timestamp, moment=_moment, ago=ago, web_url=web_url, shell=shlex.quote)
    found.globals["fingerprint"] = fingerprint
    return found


def _moment(micros: int) -> str:
    return timestamp(micros).replace("T", " ").replace("+00:00", " UTC")


def ago(micros: int, now: int) -> str:
    """How long ago, in the largest unit: ``3 days ago``."""
    seconds = max(0, (now - micros) // 1_000_000)
    for unit, length in _SECONDS:
        count = seconds // length
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def web_url(text: str | None) -> str | None:
    """An address that a link may lead to; None for others: ``javascript:`` would run in the reader's name."""
    if not text:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in {"http", "https"} and parts.netloc else None
