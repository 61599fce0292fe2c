"""Taking secrets out of what is recorded: by name in headers, queries and JSON, by look in texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SCRUBBED = "scrubbed"

_PARTS = ("token", "password", "passwd", "passphrase", "secret", "apikey", "authorization", "credential", "privatekey")
_WHOLE = frozenset({
    "cookie", "setcookie", "session", "sessionid", "sid", "cvv", "cvc", "pin", "pan", "cardnumber", "key", "signature",
    "auth",
})  # fmt: skip
_CARD = re.compile(r"(?<![\d.])[2-6](?:[ -]?\d){12,18}(?!\d)")
_TOKEN = re.compile(r"\beyJ[\w-]{6,}\.[\w-]+\.[\w-]*|(?<=Bearer )[\w.~+/=-]{8,}", re.IGNORECASE)
_LONG = 8
"""Characters from which on a secret is looked for everywhere else too; a shorter one would hit what is none."""


class Scrubber:
    """Replaces secrets, and remembers them so that an echo elsewhere is found too.

    Args:
        names: of further headers, parameters and fields whose values are secret, in any case and spelling.
        keep_shape: letters become ``a``, digits ``0``, for fields whose schema wants a form; else all is ``scrubbed``.
    """

    def __init__(self, names: Iterable[str] = (), *, keep_shape: bool = False) -> None:
        self._names = frozenset(map(_plain, names))
        self._replace: Callable[[str], str] = _masked if keep_shape else _gone
        self._seen: set[str] = set()

    def is_secret(self, name: str) -> bool:
        """Whether a header, a parameter or a field of this name holds a secret."""
        plain = _plain(name)
        return plain in self._names or plain in _WHOLE or any(part in plain for part in _PARTS)

    def headers(self, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Headers without secrets."""
        return [(name, self._secret(value) if self.is_secret(name) else self.text(value)) for name, value in pairs]

    def target(self, target: str) -> str:
        """A path with its query, without secrets."""
        path, mark, query = target.partition("?")
        if not mark:
            return path
        pairs = parse_qsl(query, keep_blank_values=True)
        kept = [(name, self._secret(value) if self.is_secret(name) else self.text(value)) for name, value in pairs]
        return f"{path}?{urlencode(kept)}"

    def value(self, value: Any, name: str = "") -> Any:
        """A JSON value without secrets."""
        if isinstance(value, dict):
            return {key: self.value(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [self.value(item, name) for item in value]
        if isinstance(value, str):
            return self._secret(value) if name and self.is_secret(name) else self.text(value)
        if isinstance(value, int) and not isinstance(value, bool):
            secret = bool(name) and self.is_secret(name)
            return 0 if secret or (_CARD.fullmatch(str(value)) and _is_card(str(value))) else value
        return value

    def text(self, text: str) -> str:
        """A text without what looks like a card's number or a token, and without secrets seen before."""
        text = _CARD.sub(lambda found: _masked(found[0]) if _is_card(found[0]) else found[0], text)
        return self.echoes(_TOKEN.sub(lambda found: self._secret(found[0]), text))

    def echoes(self, text: str) -> str:
        """A text without the secrets that were seen elsewhere."""
        for secret in sorted(self._seen, key=len, reverse=True):
            text = text.replace(secret, self._replace(secret))
        return text

    def _secret(self, text: str) -> str:
        for part in (text, *text.split()):  # of "Bearer abc…" the second part is what is echoed
            if len(part) >= _LONG and part != SCRUBBED:
                self._seen.add(part)
        return self._replace(text) if text else text


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _gone(_: str) -> str:
    return SCRUBBED


def _masked(text: str) -> str:
    return re.sub(r"[a-z]", "a", re.sub(r"[A-Z]", "A", re.sub(r"\d", "0", text)))


def _is_card(text: str) -> bool:
    """Whether digits end in the check digit that card numbers have (Luhn)."""
    digits = [int(each) for each in reversed(re.sub(r"\D", "", text))]
    doubled = [each * 2 - 9 if each * 2 > 9 else each * 2 for each in digits[1::2]]  # noqa: PLR2004 - two digits
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
