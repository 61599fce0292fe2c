"""Why one interaction could not be compared, with the traceback that matters to whoever has to mend it."""

from __future__ import annotations

import traceback

_STANDARD_LIBRARY = traceback.__file__.replace("\\", "/").rpartition("/")[0] + "/"
_ACCORD = __file__.replace("\\", "/").rpartition("/contract/")[0] + "/"


class ReplayProblem(Exception):  # noqa: N818 - ends one interaction and never leaves the replay
    """An interaction cannot be compared.

    Attributes:
        trace: where user code raised, or None.
    """

    def __init__(self, message: str, error: BaseException | None = None) -> None:
        super().__init__(message)
        self.trace = None if error is None else shortened_traceback(error)


def named(error: BaseException) -> str:
    """An exception's type and text in one line."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def shortened_traceback(error: BaseException) -> str:
    """The traceback with the user's own frames: those of libraries, and of Accord, only where all else is missing."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not _is_library(frame.filename)] or frames[-1:]
    left_out = len(frames) - len(own)
    lines = ["Traceback (most recent call last):"]
    if left_out:
        lines.append(f"  … {left_out} frames of libraries left out")
    lines += "".join(traceback.format_list(own)).rstrip().splitlines()
    return "\n".join([*lines, *"".join(traceback.format_exception_only(error)).rstrip().splitlines()])


def _is_library(filename: str) -> bool:
    path = filename.replace("\\", "/")
    return "/site-packages/" in path or path.startswith((_STANDARD_LIBRARY, _ACCORD, "<frozen"))
