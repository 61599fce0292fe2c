"""The fluent steps by which a consumer's test says what it expects; each step offers only what may follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from accord.contract.body_templates import NOTHING, checked, checked_generators, take_body
from accord.contract.model import HttpInteraction, Request, Response
from accord.contract.templates import take_path, take_status, take_values
from accord.contract.version_limits import V4, too_new
from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.contract.consumer import Pact
    from accord.contract.matchers.matcher import Matcher
    from accord.contract.model import ProviderState


class Builder:
    """What is said of every kind of interaction: its description and states, and in V4 what stands beside them."""

    missing = ".with_request(…).will_respond_with(…)"
    """What ends it."""

    def __init__(self, pact: Pact, description: str, states: tuple[ProviderState, ...]) -> None:
        self._pact = pact
        self._said: dict[str, Any] = {"description": description, "states": states}
        pact.begin(self, description, self.missing)

    def with_key(self, key: str) -> Self:
        """Give the interaction an identity that survives another description (V4).

        Raises:
            UsageError: no text, or a pact of an older version.
        """
        if not isinstance(key, str) or not key.strip():
            raise UsageError(f".with_key({key!r}): expected a text")
        return self._say("a key for an interaction needs", key=key)

    def pending(self) -> Self:
        """Let the provider fail it for now: that is reported, and does not count (V4).

        Raises:
            UsageError: a pact of an older version.
        """
        return self._say("a pending interaction needs", pending=True)

    def comment(self, text: str) -> Self:
        """Tell whoever verifies it something; again for a further comment (V4).

        Raises:
            UsageError: no text, or a pact of an older version.
        """
        if not isinstance(text, str) or not text.strip():
            raise UsageError(f".comment({text!r}): expected a text")
        comments = self._said.get("comments", {})
        return self._say("a comment needs", comments={**comments, "text": [*comments.get("text", ()), text]})

    def test_name(self, name: str) -> Self:
        """Name the consumer's test that this comes from, for whoever verifies it (V4).

        Raises:
            UsageError: no text, or a pact of an older version.
        """
        if not isinstance(name, str) or not name.strip():
            raise UsageError(f".test_name({name!r}): expected a text")
        return self._say("the name of a test needs", comments={**self._said.get("comments", {}), "testname": name})

    def _say(self, what: str, **said: Any) -> Self:
        if self._pact.version.major < V4:
            raise too_new(f"interaction {self._said['description']!r}: {what}", V4, self._pact.version)
        self._said |= said
        return self


class HttpBuilder(Builder):
    """An HTTP interaction of which the request is still to be said."""

    def with_request(
        self,
        method: str,
        path: str | Matcher,
        *,
        headers: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Any = NOTHING,
    ) -> ResponseBuilder:
        """Say what the consumer will send.

        Args:
            method: such as ``GET``.
            path: without the query; may be a matcher.
            headers: name to a text, a matcher or a list of these; further headers may be sent.
            query: parameter to a text, a matcher or a list of these; no other parameter may be sent.
            body: what JSON can hold, with matchers; or a text or bytes as the content type says.

        Raises:
            UsageError: a wrong type, or a matcher that the version of the pact cannot express.
        """
        taken_path = take_path(path)
        path = taken_path.example
        if not isinstance(path, str) or not path.startswith("/"):
            raise UsageError(f"with_request({method!r}, {path!r}): expected a path that starts with '/'")
        if "?" in path:
            raise UsageError(f"with_request({method!r}, {path!r}): give the query as query={{…}}, not in the path")
        taken_headers, taken_query = take_values(headers or {}), take_values(query or {})
        taken_body, body_rules, body_generators = take_body(body, taken_headers.values)
        rules = {
            "path": taken_path.rules,
            "header": taken_headers.rules,
            "query": taken_query.rules,
            "body": body_rules,
        }
        generators = {
            "path": taken_path.generator,
            "header": taken_headers.generators,
            "query": taken_query.generators,
            "body": body_generators,
        }
        request = Request(
            method.upper(),
            path,
            taken_query.values,
            taken_headers.values,
            taken_body,
            checked(rules, self._pact.version),
            checked_generators(generators, self._pact.version),
        )
        self._pact.begin(self, self._said["description"], ".will_respond_with(…)")
        return ResponseBuilder(self._pact, self, self._said, request)

    if not TYPE_CHECKING:  # to a type checker there is no such step here

        def will_respond_with(self, *_: object, **__: object) -> None:
            """Comes after with_request.

            Raises:
                UsageError: always.
            """
            raise UsageError(
                f"interaction {self._said['description']!r}: .will_respond_with(…) before .with_request(…); "
                "say first what the consumer sends: .with_request('GET', '/path').will_respond_with(…)"
            )


class ResponseBuilder:
    """An HTTP interaction of which the response is still to be said."""

    def __init__(self, pact: Pact, begun: HttpBuilder, said: Mapping[str, Any], request: Request) -> None:
        self._pact = pact
        self._begun = begun
        self._said = said
        self._request = request

    def will_respond_with(
        self, status: int | Matcher, *, headers: Mapping[str, Any] | None = None, body: Any = NOTHING
    ) -> Pact:
        """Say what the provider answers, as far as the consumer needs it, and add the interaction to the pact.

        Args:
            status: status code, or ``match.status_code(…)``.
            headers: name to a text, a matcher or a list of these.
            body: what JSON can hold, with matchers; or a text or bytes as the content type says.

        Raises:
            UsageError: a wrong type, or a matcher that the version of the pact cannot express.
        """
        taken_status = take_status(status)
        taken_headers = take_values(headers or {})
        taken_body, body_rules, body_generators = take_body(body, taken_headers.values)
        rules = {"status": taken_status.rules, "header": taken_headers.rules, "body": body_rules}
        generators = {"header": taken_headers.generators, "body": body_generators}
        response = Response(
            taken_status.example,
            taken_headers.values,
            taken_body,
            checked(rules, self._pact.version),
            checked_generators(generators, self._pact.version),
        )
        interaction = HttpInteraction(**self._said, request=self._request, response=response)
        return self._pact.expect(self._begun, interaction)
