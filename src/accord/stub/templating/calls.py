"""Expressions as closures from a scope to a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.stub.templating.errors import HelperError, TemplateError
from accord.stub.templating.expressions import Call, Expression, Literal, Path
from accord.stub.templating.values import member

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from accord.stub.templating.scope import Run, Scope

    Value = Callable[[Scope], Any]
    Program = Callable[[Scope], str]


class Arguments:
    """What a helper gets.

    Attributes:
        context: the first parameter, or the model of the scope where there is none.
        has_context: whether there was a first parameter.
        parameters: those after the first.
        hash: the named ones.
        scope: where the call stands.
    """

    __slots__ = ("_body", "_inverse", "block_parameters", "context", "has_context", "hash", "parameters", "scope")

    def __init__(  # noqa: PLR0917 - made for every call of a helper: keywords cost time
        self,
        values: list[Any],
        named: dict[str, Any],
        scope: Scope,
        body: Program | None,
        inverse: Program | None,
        block_parameters: Sequence[str],
    ) -> None:
        self.has_context = bool(values)
        self.context = values[0] if values else scope.model
        self.parameters = values[1:]
        self.hash = named
        self.scope = scope
        self.block_parameters = block_parameters
        self._body = body
        self._inverse = inverse

    @property
    def run(self) -> Run:
        """The rendering."""
        return self.scope.run

    @property
    def is_block(self) -> bool:
        """Whether it was called as ``{{#name}}``."""
        return self._body is not None

    def parameter(self, index: int, default: Any = None) -> Any:
        """A parameter after the first one."""
        return self.parameters[index] if index < len(self.parameters) else default

    def body(self, scope: Scope | None = None) -> str:
        """Render the block."""
        self.scope.run.spend()
        return self._body(scope or self.scope) if self._body else ""

    def inverse(self) -> str:
        """Render what follows ``{{else}}``."""
        return self._inverse(self.scope) if self._inverse else ""


def compile_expression(expression: Expression) -> Value:
    """A literal, a path or a call in parentheses."""
    if isinstance(expression, Literal):
        value = expression.value
        return lambda scope: value  # noqa: ARG005 - the signature of a value
    if isinstance(expression, Path):
        return _path(expression)
    from accord.stub.templating.helpers import HELPERS  # noqa: PLC0415 - helpers know Arguments; checked at compile time

    return compile_call(expression, HELPERS[expression.name.text].function)


def compile_call(
    call: Call,
    function: Callable[[Arguments], Any],
    *,
    body: Program | None = None,
    inverse: Program | None = None,
) -> Value:
    """A call of a helper; what it raises gets the place of the call."""
    values = [compile_expression(each) for each in call.parameters]
    named = [(name, compile_expression(each)) for name, each in call.hash.items()]
    block_parameters = call.block_parameters
    place = call.place
    name = call.name.text

    def value(scope: Scope) -> Any:
        run = scope.run
        try:
            run.spend()
            arguments = Arguments(
                [each(scope) for each in values],
                {key: each(scope) for key, each in named} if named else {},
                scope,
                body,
                inverse,
                block_parameters,
            )
            result = function(arguments)
            if type(result) is str:
                run.check_length(len(result))
        except HelperError as error:
            raise place.error(f"{name}: {error}") from None
        except TemplateError:
            raise
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            raise place.error(f"{name} cannot work with what it got: {error}") from error
        return result

    return value


def _path(path: Path) -> Value:
    if path.is_data:
        return _data(path)
    if not path.keys:
        return _up(path.up)
    first, rest = path.keys[0], path.keys[1:]
    if path.up or path.is_here:
        base = _up(path.up)
        keys = path.keys

        def here(scope: Scope) -> Any:
            value = base(scope)
            for key in keys:
                value = member(value, key)
                if value is None:
                    return None
            return value

        return here

    def value(scope: Scope) -> Any:
        found = _looked_up(scope, first)
        for key in rest:
            if found is None:
                return None
            found = member(found, key)
        return found

    return value


def _looked_up(scope: Scope, name: str) -> Any:
    """A name in the nearest context that has it, else among what was assigned."""
    level: Scope | None = scope
    while level is not None:
        if level.names is not None and name in level.names:
            return level.names[name]
        found = member(level.model, name)
        if found is not None:
            return found
        level = level.parent
    return scope.run.assigned.get(name)


def _up(levels: int) -> Value:
    def value(scope: Scope) -> Any:
        level: Scope | None = scope
        for _ in range(levels):
            level = level.parent if level is not None else None
        return level.model if level is not None else None

    return value


def _data(path: Path) -> Value:
    keys = path.keys

    def value(scope: Scope) -> Any:
        if keys and keys[0] == "root":
            found = scope.root().model
        else:
            level: Scope | None = scope
            skipped = 0
            found = None
            while level is not None and keys:
                if level.data is not None and keys[0] in level.data:
                    if skipped == path.up:
                        found = level.data[keys[0]]
                        break
                    skipped += 1
                level = level.parent
        for key in keys[1:]:
            found = member(found, key)
        return found

    return value
