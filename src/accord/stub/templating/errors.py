"""What goes wrong with a template."""

from __future__ import annotations

from accord.core.errors import AccordError


class TemplateError(AccordError):
    """A template cannot be compiled or rendered.

    Attributes:
        reason: what is wrong, without where.
        line: line in the template, from 1; None where the place is not known.
        column: column in that line, from 1.
    """

    def __init__(self, reason: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(f"template, line {line}, column {column}: {reason}" if line else f"template: {reason}")
        self.reason = reason
        self.line = line
        self.column = column


class Place:
    """An offset in a template's text; turned into line and column only for a message."""

    __slots__ = ("offset", "text")

    def __init__(self, text: str, offset: int) -> None:
        self.text = text
        self.offset = offset

    def error(self, reason: str) -> TemplateError:
        """An error here."""
        before = self.text[: self.offset]
        return TemplateError(reason, line=before.count("\n") + 1, column=self.offset - before.rfind("\n"))


class HelperError(Exception):
    """A helper cannot go on; whoever called it adds the place and raises a TemplateError."""
