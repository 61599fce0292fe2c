"""The fluent steps by which a consumer's test says what a message holds, and gives it to the consumer's own handler."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Self

from accord.contract.bodies import Body, is_json
from accord.contract.body_templates import NOTHING, checked, checked_generators, is_binary, take_body
from accord.contract.findings import PactFailed
from accord.contract.interactions import Builder
from accord.contract.matchers.matcher import Matcher
from accord.contract.model import AsyncMessage, MessageContents, SyncMessage, has_generators
from accord.contract.paths import PathExpression
from accord.contract.rules import RuleCategory, RuleList
from accord.contract.templates import TemplateParts
from accord.contract.version_limits import V3, V4, too_new
from accord.core.documents import parse_json_body
from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from accord.contract.consumer import Pact
    from accord.contract.model import Interaction, ProviderState

    Handler = Callable[..., Any]


class _MessageSteps(Builder, ABC):
    """What both kinds of message have in common: content, metadata, and a handler that is given the example."""

    missing = ".verify(handler)"

    def __init__(self, pact: Pact, description: str, states: tuple[ProviderState, ...]) -> None:
        super().__init__(pact, description, states)
        self._body: Any = NOTHING
        self._metadata: Mapping[str, Any] = {}

    def with_content(self, content: Any) -> Self:
        """Say what the message holds, as far as the other side needs it: what JSON can hold, with matchers.

        Raises:
            UsageError: a matcher that the version of the pact cannot express.
        """
        self._refuse_too_new(content)
        self._body = content
        return self

    def with_metadata(self, metadata: Mapping[str, Any]) -> Self:
        """Say what comes beside the content, such as a key or a content type; values may be matchers.

        Raises:
            UsageError: a matcher that the version of the pact cannot express.
        """
        for value in metadata.values():
            self._refuse_too_new(value)
        self._metadata = metadata
        return self

    def verify(self, handler: Handler) -> None:
        """Give the example to the consumer's own handler; the message joins the pact if the handler takes it.

        Args:
            handler: called with the content and the metadata, and for a message with an answer also with the answer's
                content where it has a third parameter, and its metadata where it has a fourth; these are lists where
                there are several answers. Sync, or async where no event loop runs.

        Raises:
            PactFailed: the handler raised; its exception is the cause.
            UsageError: no content, or an async handler inside a running event loop (use averify).
        """
        message, arguments = self._finished()
        self._pact.end(self)
        with _failing(self._pact, message):
            result = handler(*_fitting(handler, arguments))
            if inspect.isawaitable(result):
                _run(result, "await pact.….averify(handler)")
        self._pact.prove(message)

    async def averify(self, handler: Handler) -> None:
        """The same as verify, in async code."""
        message, arguments = self._finished()
        self._pact.end(self)
        with _failing(self._pact, message):
            result = handler(*_fitting(handler, arguments))
            if inspect.isawaitable(result):
                await result
        self._pact.prove(message)

    def described(self) -> tuple[Pact, dict[str, Any]]:
        """What was said before its content, for kinds of message with steps of their own, such as gRPC calls."""
        return self._pact, self._said

    @abstractmethod
    def _finished(self) -> tuple[Interaction, tuple[Any, ...]]:
        """The message, and what its handler is called with."""

    def _refuse_too_new(self, template: Any) -> None:
        if isinstance(template, (Matcher, dict, list, tuple)) and not is_binary(template):
            parts = TemplateParts(template)
            checked({"body": parts.rules}, self._pact.version)
            checked_generators({"body": parts.generators}, self._pact.version)

    def _contents(self, content: Any, metadata: Mapping[str, Any]) -> MessageContents:
        declared = metadata.get("contentType", metadata.get("content-type"))
        headers = {"content-type": (declared,)} if isinstance(declared, str) else {}
        body, body_rules, generators = take_body(content, headers)
        parts = {name: TemplateParts(value) for name, value in metadata.items()}
        rules = checked({"body": body_rules, "metadata": _rules_by_name(parts)}, self._pact.version)
        by_name = {name: each.generators["$"] for name, each in parts.items() if each.generators}
        generated = checked_generators({"body": generators, "metadata": by_name}, self._pact.version)
        return MessageContents(body, {name: each.example for name, each in parts.items()}, rules, generated)


class MessageBuilder(_MessageSteps):
    """A message of which the content is still to be said, or which is ready to be verified."""

    def __init__(self, pact: Pact, description: str, states: tuple[ProviderState, ...]) -> None:
        if pact.version.major < V3:
            raise too_new(f"message {description!r}: messages need", V3, pact.version)
        super().__init__(pact, description, states)

    def _finished(self) -> tuple[AsyncMessage, tuple[Any, ...]]:
        if self._body is NOTHING:
            raise UsageError(f"the message {self._said['description']!r} has no content; say it with .with_content(…)")
        contents = self._contents(self._body, self._metadata)
        message = AsyncMessage(**self._said, contents=contents)
        given = _generated(contents)
        return message, (_copy(given.body), dict(given.metadata))


class SyncMessageBuilder(_MessageSteps):
    """A message with an answer (specification V4, "Synchronous/Messages"), such as a call over gRPC or a queue."""

    def __init__(self, pact: Pact, description: str, states: tuple[ProviderState, ...]) -> None:
        if pact.version.major < V4:
            raise too_new(f"message {description!r}: a message with an answer needs", V4, pact.version)
        super().__init__(pact, description, states)
        self._answers: list[tuple[Any, Mapping[str, Any]]] = []

    def will_answer(self, content: Any, *, metadata: Mapping[str, Any] | None = None) -> Self:
        """Say what the provider answers, as far as the consumer needs it; again for a further answer.

        Raises:
            UsageError: a matcher that the version of the pact cannot express.
        """
        for template in (content, *(metadata or {}).values()):
            self._refuse_too_new(template)
        self._answers.append((content, metadata or {}))
        return self

    def _finished(self) -> tuple[SyncMessage, tuple[Any, ...]]:
        if self._body is NOTHING or not self._answers:
            missing = ".with_content(…)" if self._body is NOTHING else ".will_answer(…)"
            raise UsageError(f"the message {self._said['description']!r} is not complete; say {missing}")
        request = self._contents(self._body, self._metadata)
        answers = tuple(self._contents(content, metadata) for content, metadata in self._answers)
        message = SyncMessage(**self._said, request=request, responses=answers)
        sent, given = _generated(request), [_generated(answer) for answer in answers]
        contents = [_copy(answer.body) for answer in given]
        metadata = [dict(answer.metadata) for answer in given]
        beside: Any = (contents[0], metadata[0]) if len(given) == 1 else (contents, metadata)
        return message, (_copy(sent.body), dict(sent.metadata), *beside)


def _generated(contents: MessageContents) -> MessageContents:
    if not has_generators(contents):
        return contents
    from accord.contract.generators import prepare_answer  # noqa: PLC0415 - few messages have generators

    return prepare_answer(contents)


def _copy(body: Body) -> Any:
    """The content for a handler: what it changes must not end up in the pact."""
    return parse_json_body(body.data) if is_json(body.media_type()) else body.data


def _fitting(handler: Handler, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """As many arguments as the handler takes, from two on; two where that cannot be told."""
    try:
        signature = inspect.signature(handler)
    except (TypeError, ValueError):
        return arguments[:2]
    for count in range(len(arguments), 2, -1):
        try:
            signature.bind(*arguments[:count])
        except TypeError:
            continue
        return arguments[:count]
    return arguments[:2]


def _rules_by_name(metadata: Mapping[str, TemplateParts]) -> RuleCategory:
    entries: dict[PathExpression, RuleList] = {}
    for name, parts in metadata.items():
        for expression, rules in parts.rules:
            if not expression.tokens:
                entries[PathExpression((name,), name)] = rules
    return RuleCategory(entries)


class _failing:  # noqa: N801 - reads as a statement
    """Turns what a handler raises into a PactFailed that says which message it was."""

    def __init__(self, pact: Pact, message: Interaction) -> None:
        self._pact = pact
        self._message = message

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, UsageError):
            title = f"The pact between {self._pact.consumer} and {self._pact.provider} failed:"
            problem = (
                f"The consumer's handler raised on the message {self._message.title!r}: {type(error).__name__}: {error}"
            )
            raise PactFailed(title, [problem]) from error


def _run(awaitable: Awaitable[Any], instead: str) -> None:
    import asyncio  # noqa: PLC0415 - only async handlers need it

    async def wait() -> None:
        await awaitable

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(wait())
        return
    if inspect.iscoroutine(awaitable):
        awaitable.close()
    raise UsageError(f"an async handler inside a running event loop: use {instead}")
