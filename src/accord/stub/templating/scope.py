"""Where names are looked up while a template is rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.stub.templating.errors import HelperError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.stub.templating.surroundings import Surroundings


class Run:
    """One rendering: its budget, what was assigned, what was parsed already.

    Attributes:
        assigned: values by name, from assign, val, parseJson and the like; they live until the end of the rendering.
        parsed: documents by kind and text, so that five jsonPaths on one body parse it once.
    """

    __slots__ = ("_characters", "_steps", "assigned", "parsed", "surroundings")

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        self.assigned: dict[str, Any] = {}
        self.parsed: dict[tuple[str, str], Any] = {}
        self._steps = surroundings.limits.steps
        self._characters = surroundings.limits.characters

    def spend(self, steps: int = 1) -> None:
        """Count steps.

        Raises:
            HelperError: there were more than the limit.
        """
        self._steps -= steps
        if self._steps < 0:
            raise HelperError(f"the rendering takes more than {self.surroundings.limits.steps} steps")

    def check_length(self, length: int) -> None:
        """Refuse a value before it is made.

        Raises:
            HelperError: it would be longer than the limit.
        """
        if length > self.surroundings.limits.characters:
            raise HelperError(f"a value is longer than {self.surroundings.limits.characters} characters")

    def wrote(self, length: int) -> None:
        """Count what was rendered.

        Raises:
            HelperError: it is more than the limit.
        """
        self._characters -= length
        if self._characters < 0:
            raise HelperError(f"the rendering writes more than {self.surroundings.limits.characters} characters")


class Scope:
    """A context and those around it.

    Attributes:
        model: what ``this`` is.
        parent: the context around, which ``../`` leads to.
        data: what ``@name`` finds here: index, key, first, last, odd, even.
        names: block parameters.
    """

    __slots__ = ("data", "model", "names", "parent", "run")

    def __init__(
        self,
        model: Any,
        run: Run,
        parent: Scope | None = None,
        data: Mapping[str, Any] | None = None,
        names: Mapping[str, Any] | None = None,
    ) -> None:
        self.model = model
        self.run = run
        self.parent = parent
        self.data = data
        self.names = names

    def inner(self, model: Any, data: Mapping[str, Any] | None = None, names: Mapping[str, Any] | None = None) -> Scope:
        """A context inside this one."""
        return Scope(model, self.run, self, data, names)

    def root(self) -> Scope:
        """The outermost context."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope
