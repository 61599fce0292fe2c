"""Names of a test's own in a server that others use too: by process, object and count, so that no two are alike."""

from __future__ import annotations

import itertools
import os
import re
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

_LONGEST_LABEL = 40  # characters; the rest keeps names apart


class Names:
    """Names that nobody else gives: not another thread, process or run."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._mark = secrets.token_hex(3)

    def next(self, label: str) -> str:
        """A fresh name of letters, digits and underscores that begins with the label, to be found again in logs."""
        beginning = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:_LONGEST_LABEL]
        return f"{beginning or 'test'}_{os.getpid()}_{self._mark}_{next(self._numbers)}"


class Removable:
    """What a test has for itself in a server: as a context manager it is removed at the end."""

    def remove(self) -> None:
        """Remove it with all that is in it."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()
