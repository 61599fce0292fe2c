"""What doubles find: each is an AssertionError, and also what the code under test would get from the real thing.

AssertionError
├── NotInSpec      no such attribute (also an AttributeError, so that hasattr() says no)
├── WrongCall      arguments that the real one would refuse (also a TypeError)
├── NoAnswerSet    called, and nobody said what to answer
├── DoubleLies     told to answer what the real one never answers
├── WrongRequest   an HTTP request that the document or the pact does not allow
├── RecordingMissing    nothing was recorded for a request
└── RecordingStale      what was recorded is no longer what the document declares
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class NotInSpec(AssertionError, AttributeError):  # noqa: N818 - a finding, not an error of the tool
    """The class that is doubled has no such attribute."""


class WrongCall(AssertionError, TypeError):  # noqa: N818 - as above
    """The real one would refuse these arguments."""


class NoAnswerSet(AssertionError):  # noqa: N818 - as above
    """Nobody said what to answer."""


class DoubleLies(AssertionError):  # noqa: N818 - as above
    """A double was told to answer what the real one never answers."""


class WrongRequest(AssertionError):  # noqa: N818 - as above
    """A request that the document or the pact does not allow."""


class RecordingMissing(AssertionError):  # noqa: N818 - as above
    """Nothing was recorded for a request."""


class RecordingStale(AssertionError):  # noqa: N818 - as above
    """What was recorded is no longer what the document declares."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint for a name that is not known: the nearest one, or all."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, 1)
    return f"did you mean {near[0]!r}?" if near else f"it has {', '.join(names) or 'none'}"
