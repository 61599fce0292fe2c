"""A compiled template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.stub.templating.errors import HelperError, TemplateError
from accord.stub.templating.scope import Run, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from accord.stub.templating.surroundings import Surroundings


class Template:
    """A compiled template; rendering changes nothing in it, so any number of threads may render.

    Attributes:
        is_constant: there is no tag in it, so rendering gives the text itself.
    """

    __slots__ = ("_program", "_surroundings", "is_constant")

    def __init__(
        self, program: Callable[[Scope], str], surroundings: Surroundings, *, is_constant: bool = False
    ) -> None:
        self._program = program
        self._surroundings = surroundings
        self.is_constant = is_constant

    def render(self, context: Mapping[str, Any], *, surroundings: Surroundings | None = None) -> str:
        """Render with a context, mostly ``{"request": request_model(...), "parameters": {...}}``.

        Raises:
            TemplateError: a helper cannot work with what it got, or a limit is reached.
        """
        try:
            return self._program(Scope(context, Run(surroundings or self._surroundings)))
        except HelperError as error:
            raise TemplateError(str(error)) from None
        except RecursionError:
            raise TemplateError("a value nests too deep to be written") from None
