"""Talking to a hub, without input or output: where things are, what is sent again, what an answer means."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from accord.hub.client import errors
from accord.hub.client.exchange import Ask, NoAnswerError, Pause
from accord.hub.wire.paths import path, segment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.hub.client.access import Access
    from accord.hub.client.exchange import Answer, Steps

HAL = "application/hal+json, application/json;q=0.9"
PAUSES = (0.5, 1.0, 2.0)
"""Seconds before each further try of what may be sent again."""

LONGEST_PAUSE = 30.0
_TRY_AGAIN = (429, 502, 503, 504)
_VARIABLE = re.compile(r"\{([^{}]+)\}")
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title>", re.DOTALL | re.IGNORECASE)
_BAD, _UNKNOWN, _DENIED, _MISSING, _CONFLICT, _BROKEN = 400, 401, 403, 404, 409, 500
_MOST_TEXT = 2000


class Conversation:
    """One client's talk with one hub.

    Args:
        access: where it is; whether there are credentials matters for what is said when it refuses.
    """

    def __init__(self, access: Access) -> None:
        self.access = access
        self.base = access.url
        self._index: dict[str, Any] | None = None

    def index(self) -> Steps[dict[str, Any]]:
        """The links that everything begins with; asked for once.

        Raises:
            NotAHubError: what answers has none.
        """
        if self._index is None:
            document = yield from self.get(f"{self.base}/" if not urlsplit(self.base).path else self.base)
            links = document.get("_links") if isinstance(document, dict) else None
            if not isinstance(links, dict) or not any(name.startswith("pb:") for name in links):
                raise errors.NotAHubError(
                    f"{self.base} answers, and is no hub or Pact Broker: it has no links of one; is the URL right?"
                )
            self._index = links
        return self._index

    def find(self, relation: str, /, *otherwise: str, **values: str) -> Steps[str]:
        """The URL of what the index calls so.

        Args:
            relation: such as ``pb:environments``.
            otherwise: the parts of its path, for a hub whose index leaves it out.
            values: of the variables in it; without regard to case and underscores.
        """
        links = yield from self.index()
        href = href_of(links, relation)
        if href is not None:
            return expand(self.at_base(href), values)
        if not otherwise:
            raise errors.HubError(
                f"{self.base} has no {relation}: it is older than this client needs; bring it up to date"
            )
        return self.base + path(*otherwise)

    def at_base(self, href: str) -> str:
        """A link as this client reaches it: a hub behind a proxy or a tunnel may call itself by another address.

        What lies elsewhere stays as it is; credentials go to the hub's own address alone.
        """
        own = href_of(self._index or {}, "self")
        if own and own.rstrip("/") != self.base and (href + "/").startswith(own.rstrip("/") + "/"):
            return self.base + href[len(own.rstrip("/")) :]
        return href

    def get(self, url: str, *, accept: str = HAL) -> Steps[Any]:
        """What is there."""
        return (yield from self.send(Ask("GET", url, headers={"accept": accept})))

    def put(self, url: str, body: Any) -> Steps[Any]:
        """Put it there."""
        return (yield from self.send(Ask("PUT", url, body)))

    def post(self, url: str, body: Any, *, repeatable: bool = False) -> Steps[Any]:
        """Add it."""
        return (yield from self.send(Ask("POST", url, body, repeatable=repeatable)))

    def patch(self, url: str, body: Any) -> Steps[Any]:
        """Change a part of it."""
        return (yield from self.send(Ask("PATCH", url, body, headers={"content-type": "application/merge-patch+json"})))

    def delete(self, url: str) -> Steps[Any]:
        """Remove it."""
        return (yield from self.send(Ask("DELETE", url)))

    def send(self, ask: Ask) -> Steps[Any]:
        """Send, again where that is safe and may help, and read what comes; None for an answer without a body.

        Raises:
            HubError: see its kinds.
        """
        for pause in (*PAUSES, None):
            try:
                answer = yield ask
            except NoAnswerError as error:
                if pause is None or (error.sent and not ask.repeatable):
                    raise self._unreachable(error) from None
            else:
                assert answer is not None, "a shell answers every Ask"  # noqa: S101 - what a shell owes
                if pause is None or answer.status not in _TRY_AGAIN or not ask.repeatable:
                    return self._read(ask, answer)
                pause = _asked_pause(answer) or pause  # noqa: PLW2901 - the hub knows better
            yield Pause(pause)
        raise AssertionError("the last try returns or raises")

    def _unreachable(self, error: NoAnswerError) -> errors.HubUnreachableError:
        return errors.HubUnreachableError(
            f"no hub answers at {self.base}: {error}. Is the URL right, does it run, and does this machine reach it?"
        )

    def _read(self, ask: Ask, answer: Answer) -> Any:
        if 300 <= answer.status < _BAD:  # noqa: PLR2004 - all that lead elsewhere
            where = answer.headers.get("location", "another address").partition("?")[0]
            raise errors.NotAHubError(
                f"{self.base} leads to {where}; give the hub's own URL (is it https, is a login in between?)",
                status=answer.status,
            )
        if answer.status in {_UNKNOWN, _DENIED}:
            raise self._denied(answer)
        if answer.media_type in {"text/html", "application/xhtml+xml"}:
            raise self._page(ask, answer)
        if answer.status >= _BAD:
            raise self._refused(ask, answer)
        if not answer.body.strip():
            return None
        if answer.media_type.startswith("text/plain"):
            return answer.body.decode("utf-8", "replace")
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError):
            raise errors.NotAHubError(
                f"{ask.method} {ask.url} is answered with {answer.media_type or 'no media type'}, not with JSON; "
                "is it the URL of a hub?",
                status=answer.status,
            ) from None

    def _page(self, ask: Ask, answer: Answer) -> errors.HubError:
        title = _TITLE.search(answer.body)
        named = f" ({_one_line(title[1].decode('utf-8', 'replace'))!r})" if title and title[1].strip() else ""
        return errors.NotAHubError(
            f"{ask.method} {ask.url} is answered with a web page{named}, not with a hub's data "
            f"(status {answer.status}); is the URL the hub's, and is no login or proxy in between?",
            status=answer.status,
        )

    def _denied(self, answer: Answer) -> errors.HubAccessError:
        said = told(answer)
        why = f": {said}" if said else ""
        if answer.status == _DENIED:
            step = "ask its administrator for a token with the role this needs"
        elif self.access.has_credentials:
            step = "the token, or name and password, is wrong or was revoked; check PACT_BROKER_TOKEN"
        else:
            step = "set PACT_BROKER_TOKEN, or PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD"
        return errors.HubAccessError(
            f"{self.base} does not let this caller in (status {answer.status}){why}; {step}", status=answer.status
        )

    def _refused(self, ask: Ask, answer: Answer) -> errors.HubError:
        said = told(answer) or "it does not say why"
        where = f"{ask.method} {ask.url.partition('?')[0]}"
        if answer.status == _CONFLICT:
            return errors.HubConflictError(f"{self.base} refuses it: {said}", status=answer.status)
        if answer.status == _MISSING:
            return errors.HubNotFoundError(f"{self.base} does not have it ({where}): {said}", status=answer.status)
        if answer.status >= _BROKEN:
            number = answer.headers.get("x-request-id")
            log = f"; its log has more, under the request id {number}" if number else "; its log has more"
            return errors.HubError(
                f"{self.base} failed to answer {where} (status {answer.status}): {said}{log}", status=answer.status
            )
        return errors.HubError(f"{self.base} refuses {where} (status {answer.status}): {said}", status=answer.status)


def href_of(links: Mapping[str, Any], relation: str, *, name: str | None = None) -> str | None:
    """Where a relation leads, or None where it is not there.

    Args:
        links: a document's ``_links``.
        relation: its name.
        name: which one, where there are several.
    """
    link = links.get(relation)
    found = link if isinstance(link, list) else [link]
    for each in found:
        if isinstance(each, dict) and isinstance(each.get("href"), str) and name in {None, each.get("name")}:
            return str(each["href"])
    return None


def links_of(document: Any) -> Mapping[str, Any]:
    """A document's links; none where it has none."""
    found = document.get("_links") if isinstance(document, dict) else None
    return found if isinstance(found, dict) else {}


def embedded(document: Any, name: str) -> list[dict[str, Any]]:
    """The documents in a document."""
    inside = document.get("_embedded") if isinstance(document, dict) else None
    found = inside.get(name) if isinstance(inside, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def expand(template: str, values: Mapping[str, str]) -> str:
    """A link with its variables filled in."""
    given = {_folded(name): value for name, value in values.items()}
    return _VARIABLE.sub(lambda found: segment(given.get(_folded(found[1]), found[0])), template)


def _folded(name: str) -> str:
    return name.replace("_", "").lower()


def told(answer: Answer) -> str:
    """What an answer says is wrong, as one text."""
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return _one_line(answer.body.decode("utf-8", "replace")) if answer.media_type == "text/plain" else ""
    if not isinstance(document, dict):
        return ""
    said = _texts(document.get("errors")) or _texts(document.get("error"))
    if not said and isinstance(document.get("notices"), list):
        said = [str(each.get("text", "")) for each in document["notices"] if isinstance(each, dict)]
    return "; ".join(filter(None, said))[:_MOST_TEXT]


def _texts(found: Any) -> list[str]:
    if isinstance(found, str):
        return [found]
    if isinstance(found, list):
        return [text for each in found for text in _texts(each)]
    if isinstance(found, dict):
        if isinstance(found.get("message"), str):
            return [found["message"]]
        return [f"{name}: {text}" if name else text for name, value in found.items() for text in _texts(value)]
    return []


def _one_line(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())[:200]


def _asked_pause(answer: Answer) -> float | None:
    text = answer.headers.get("retry-after", "")
    return min(float(text), LONGEST_PAUSE) if text.isdecimal() else None
