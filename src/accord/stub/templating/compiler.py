"""From text to closures: what can be decided about a template is decided once."""

from __future__ import annotations

import difflib
from functools import partial
from typing import TYPE_CHECKING, Any

from accord.stub.templating.blocks import section
from accord.stub.templating.calls import compile_call, compile_expression
from accord.stub.templating.errors import TemplateError
from accord.stub.templating.expressions import Call, ExpressionParser
from accord.stub.templating.helpers import HELPERS, REFUSED
from accord.stub.templating.surroundings import Surroundings
from accord.stub.templating.template import Template
from accord.stub.templating.tokens import Tag, Text, cut
from accord.stub.templating.values import to_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from accord.stub.templating.scope import Scope

    Program = Callable[[Scope], str]
    Part = str | Callable[[Scope], Any]

_DEFAULT = Surroundings()


def compile_template(text: str, *, surroundings: Surroundings = _DEFAULT) -> Template:
    """Compile a template.

    Args:
        text: the template.
        surroundings: clock, randomness, permissions and limits of its renderings.

    Raises:
        TemplateError: syntax that is not Handlebars, or is not supported; a helper that does not exist; too long or
            nested too deep. Names line and column.
    """
    limits = surroundings.limits
    if len(text) > limits.template:
        raise TemplateError(f"{len(text)} characters; at most {limits.template} are read")
    pieces = cut(text)
    if all(isinstance(piece, Text) for piece in pieces):
        constant = "".join(piece.text for piece in pieces if isinstance(piece, Text))
        return Template(lambda scope: constant, surroundings, is_constant=True)  # noqa: ARG005 - the signature of a program
    compiler = _Compiler(pieces, limits.nesting)
    try:
        program = compiler.whole()
    except RecursionError:
        raise TemplateError("the template nests too deep") from None
    return Template(program, surroundings)


class _Compiler:
    def __init__(self, pieces: list[Text | Tag], nesting: int) -> None:
        self._pieces = pieces
        self._next = 0
        self._nesting = nesting
        self._depth = 0

    def whole(self) -> Program:
        program, ending = self._program()
        if ending is not None:
            what = "{{else}}" if ending.kind == "else" else f"{{{{/{ending.inside.strip()}}}}}"
            raise ending.place.error(f"{what} belongs to no open block")
        return program

    def _program(self) -> tuple[Program, Tag | None]:
        """Parts up to the tag that ends them: ``{{else}}``, ``{{/…}}`` or the end of the text."""
        parts: list[Part] = []
        while self._next < len(self._pieces):
            piece = self._pieces[self._next]
            self._next += 1
            if isinstance(piece, Text):
                parts.append(piece.text)
            elif piece.kind in {"else", "/"}:
                return _joined(parts), piece
            elif piece.kind:
                parts.append(self._block(piece))
            else:
                parts.append(self._value(piece))
        return _joined(parts), None

    def _value(self, tag: Tag) -> Callable[[Scope], Any]:
        call = self._call(tag, is_block=False)
        if call.name.text in HELPERS or call.parameters or call.hash:
            return compile_call(call, _helper(call))
        return compile_expression(call.name)

    def _block(self, tag: Tag) -> Callable[[Scope], Any]:
        self._depth += 1
        if self._depth > self._nesting:
            raise tag.place.error(f"blocks nest deeper than {self._nesting}")
        call = self._call(tag, is_block=True)
        body, ending = self._program()
        inverse: Program | None = None
        if ending is not None and ending.kind == "else":
            inverse, ending = self._inverse(ending)
        if ending is None:
            raise tag.place.error(f"the block {{{{#{call.name.text}}}}} is never closed by {{{{/{call.name.text}}}}}")
        if ending.inside.strip() != call.name.text:
            raise ending.place.error(f"found {ending.inside.strip()!r}, expected {call.name.text!r}")
        self._depth -= 1
        if tag.kind == "^":
            body, inverse = inverse or _nothing, body
        return self._compiled_block(call, body, inverse)

    def _inverse(self, tag: Tag) -> tuple[Program, Tag | None]:
        """What follows ``{{else}}``; ``{{else if …}}`` is a block of its own that ends where the outer one does."""
        if not tag.inside.strip():
            return self._program()
        call = self._call(tag, is_block=True)
        body, ending = self._program()
        inverse: Program | None = None
        if ending is not None and ending.kind == "else":
            inverse, ending = self._inverse(ending)
        return _joined([self._compiled_block(call, body, inverse)]), ending

    def _compiled_block(self, call: Call, body: Program, inverse: Program | None) -> Callable[[Scope], Any]:
        if call.name.text in HELPERS or call.parameters or call.hash:
            return compile_call(call, _helper(call), body=body, inverse=inverse)
        return partial(section, compile_expression(call.name), body, inverse, call.block_parameters)

    def _call(self, tag: Tag, *, is_block: bool) -> Call:
        call = ExpressionParser(tag.inside, tag.place, nesting=self._nesting).call(is_block=is_block)
        _check_helpers(call)
        return call


def _check_helpers(call: Call) -> None:
    for value in (*call.parameters, *call.hash.values()):
        if isinstance(value, Call):
            _helper(value)
            _check_helpers(value)


def _helper(call: Call) -> Callable[[Any], Any]:
    name = call.name.text
    helper = HELPERS.get(name)
    if helper is not None:
        return helper.function
    if name in REFUSED:
        raise call.place.error(f"the helper {name!r} is not supported: {REFUSED[name]}")
    near = difflib.get_close_matches(name, HELPERS, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise call.place.error(f"there is no helper {name!r}; {hint}those that work: {', '.join(sorted(HELPERS))}")


def _nothing(scope: Scope) -> str:  # noqa: ARG001 - the signature of a program
    return ""


def _joined(parts: list[Part]) -> Program:
    if not parts:
        return _nothing
    if all(isinstance(part, str) for part in parts):
        text = "".join(part for part in parts if isinstance(part, str))
        return lambda scope: text  # noqa: ARG005 - the signature of a program

    fixed = tuple(parts)

    def program(scope: Scope) -> str:
        text = "".join([part if type(part) is str else to_text(part(scope)) for part in fixed])  # type: ignore[operator] # mypy does not narrow by type()
        scope.run.wrote(len(text))
        return text

    return program
