"""What a call to an application gives: a response, an exception, or both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.core.errors import AnswerError

if TYPE_CHECKING:
    from accord.core.http.messages import HttpResponse

MAX_ANSWER = 10 * 1024 * 1024
"""The largest response body a caller takes unless told otherwise, in bytes, sent and unpacked alike."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """The outcome of one call to an application in this process.

    A framework may answer 500 and raise as well (Starlette does, so that the server can log the cause): then both
    are here.

    Attributes:
        response: the complete response, or None when the application raised before it had sent all of it.
        exception: what the application raised, with its traceback, or None.
    """

    response: HttpResponse | None
    exception: Exception | None = None

    def unwrap(self) -> HttpResponse:
        """The response, where the application raised nothing.

        Raises:
            Exception: what the application raised, unchanged.
        """
        if self.exception is not None:
            raise self.exception
        if self.response is None:  # the callers never build such a value
            raise AnswerError("The application neither answered nor raised.")
        return self.response
