"""One method of a double: its signature, what it is to answer, and the account of its calls."""

from __future__ import annotations

import inspect
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accord.testing.doubles import ledger
from accord.testing.doubles.findings import DoubleLies, NoAnswerSet, WrongCall, nearest
from accord.testing.doubles.shapes import misfit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

UNKNOWN = inspect.Signature.empty
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a double.

    Attributes:
        method: such as ``Payments.charge``.
        arguments: by parameter, defaults filled in.
        number: grows from call to call over all doubles of the process.
    """

    method: str
    arguments: Mapping[str, Any]
    number: int = field(compare=False)

    def __str__(self) -> str:
        return f"{self.method}({', '.join(f'{name}={value!r}' for name, value in self.arguments.items())})"


@dataclass(slots=True)
class Rule:
    """What to do at a call.

    Attributes:
        wanted: the arguments it is for; none where it is for all.
        steps: what to do, one after the other.
        left: how many calls it is good for; None where the last step goes on for ever.
    """

    wanted: Mapping[str, Any]
    steps: Iterator[Callable[..., Any]]
    left: int | None = None
    exhausted: str = ""

    def is_for(self, arguments: Mapping[str, Any]) -> bool:
        """Whether it is good for a call with these arguments."""
        if self.left == 0 and not self.exhausted:
            return False
        return all(name in arguments and arguments[name] == value for name, value in self.wanted.items())


class Method:
    """What stands behind a method of a double.

    Args:
        owner: the double's class, as messages name it.
        name: of the method.
        signature: without ``self``.
        returns: what it promises to return, UNKNOWN where nobody can say.
        is_async: whether it is an ``async def``.
        default: the answer where nobody set one, in a function; None where it has none.
    """

    def __init__(
        self,
        owner: str,
        name: str,
        signature: inspect.Signature,
        returns: Any,
        *,
        is_async: bool = False,
        default: Callable[[], Any] | None = None,
    ) -> None:
        self.owner = owner
        self.name = f"{owner}.{name}" if owner != name else name
        self.signature = signature
        self.returns = returns
        self.is_async = is_async
        self.calls: list[Call] = []
        self._default = default
        self._rules: list[Rule] = []

    def call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Check the arguments, keep account and answer; what is to be awaited is given to whoever awaits.

        Raises:
            WrongCall: the signature does not take these arguments.
            NoAnswerSet: nobody set an answer.
        """
        try:
            bound = self.bind(args, kwargs)
        except WrongCall as wrong:
            raise ledger.found(wrong) from None
        bound.apply_defaults()
        call = Call(self.name, dict(bound.arguments), next(_numbers))
        self.calls.append(call)
        ledger.called(self.owner)
        step = self._step(call)
        try:
            answer = step(*args, **kwargs)
        except Exception:
            ledger.failed(self.owner)
            raise
        return answer

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any], *, partly: bool = False) -> inspect.BoundArguments:
        """The arguments by parameter.

        Raises:
            WrongCall: the signature does not take them.
        """
        try:
            bind = self.signature.bind_partial if partly else self.signature.bind
            return bind(*args, **kwargs)
        except TypeError as error:
            unknown = [name for name in kwargs if name not in self.signature.parameters]
            hint = f"; {unknown[0]!r}: {nearest(unknown[0], self.signature.parameters)}" if unknown else ""
            shown = ", ".join([*map(repr, args), *(f"{name}={value!r}" for name, value in kwargs.items())])
            raise WrongCall(
                f"{self.name}({shown}): {error}{hint}\n  its signature is {self.name}{plain(self.signature)}"
            ) from None

    def add(self, rule: Rule) -> None:
        """Set an answer; it goes before those that were set earlier."""
        self._rules.insert(0, rule)

    def checked(self, answer: Any) -> Any:
        """An answer that the annotation allows.

        Raises:
            DoubleLies: it does not.
        """
        if self.returns is UNKNOWN:
            return answer
        wrong = misfit(answer, self.returns)
        if wrong is not None:
            promised = inspect.formatannotation(self.returns)
            raise DoubleLies(f"{self.name} is annotated to return {promised}: {wrong}")
        return answer

    def _step(self, call: Call) -> Callable[..., Any]:
        rule = next((each for each in self._rules if each.is_for(call.arguments)), None)
        if rule is None:
            default = self._default
            if default is not None:
                return lambda *_args, **_kwargs: default()
            raise ledger.found(NoAnswerSet(self._unset(call)))
        if rule.left is not None:
            if rule.left == 0:
                raise ledger.found(NoAnswerSet(f"{call}: {rule.exhausted}"))
            rule.left -= 1
        return next(rule.steps)

    def _unset(self, call: Call) -> str:
        others = [", ".join(f"{name}={value!r}" for name, value in rule.wanted.items()) for rule in self._rules]
        set_for = f"; answers are set for {' and for '.join(filter(None, others))}" if any(others) else ""
        short = call.method.rpartition(".")[2]
        return f"{call} was called, and nobody said what it answers{set_for}: when(….{short}).returns(…)"


class _Plain(str):
    """An annotation that is shown without quotation marks."""

    __slots__ = ()
    __repr__ = str.__str__


def plain(signature: inspect.Signature) -> str:
    """A signature as it stands in the code, also where its annotations are kept as texts."""

    def shown(annotation: Any) -> Any:
        return _Plain(annotation) if isinstance(annotation, str) else annotation

    parameters = [each.replace(annotation=shown(each.annotation)) for each in signature.parameters.values()]
    return str(signature.replace(parameters=parameters, return_annotation=shown(signature.return_annotation)))


def function_of(method: Method, original: Any) -> Callable[..., Any]:
    """A function that behaves as the method, and looks like the original to ``inspect``."""
    if method.is_async:

        async def made(*args: Any, **kwargs: Any) -> Any:  # an async def of its own, so that inspect says so
            answer = method.call(args, kwargs)
            return await answer if inspect.iscoroutine(answer) else answer

    else:

        def made(*args: Any, **kwargs: Any) -> Any:  # type: ignore[misc]  # one of the two
            return method.call(args, kwargs)

    made.__name__ = method.name.rpartition(".")[2]
    made.__qualname__ = method.name
    made.__doc__ = getattr(original, "__doc__", None)
    made.__signature__ = method.signature  # type: ignore[attr-defined]  # what inspect.signature reads
    made.__accord_method__ = method  # type: ignore[attr-defined]  # how when() and calls() find it
    return made
