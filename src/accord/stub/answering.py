"""From a stub that fits to a plan: body, headers, delay, fault, or where to pass the request on."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from accord.core.errors import AccordError
from accord.stub.files import FileMissingError
from accord.stub.forwarding import forwarded
from accord.stub.plan import Call, Plan
from accord.stub.problems import escaped
from accord.stub.response_definition import TEMPLATING
from accord.stub.templates import RenderError, Templates

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from accord.stub.files import Files
    from accord.stub.mapping import StubMapping
    from accord.stub.options import Options
    from accord.stub.plan import Pairs
    from accord.stub.requests import StubRequest
    from accord.stub.response_definition import ResponseDefinition
    from accord.stub.settings import Settings

STUB_ID, STUB_NAME = "Matched-Stub-Id", "Matched-Stub-Name"
_TEXT = (("Content-Type", "text/plain;charset=utf-8"),)
_CORS = (("Access-Control-Allow-Origin", "*"),)
_RANDOM = random.Random()  # noqa: S311 - delays are no secrets


class Answering:
    """Makes plans.

    Args:
        files: where bodies lie.
        options: of the server.
        check: looks at an answer before it is given; its text is why it must not be, None where it may.
    """

    def __init__(
        self, files: Files, options: Options, check: Callable[[StubRequest, Plan], str | None] | None = None
    ) -> None:
        self.templates = Templates(options.permitted_variables)
        self._files = files
        self._options = options
        self._check = check

    def plan(self, request: StubRequest, stub: StubMapping, settings: Settings) -> Plan:
        """The answer of a stub to a request."""
        if stub.cached is not None and not settings.delays:
            plan: Plan = stub.cached
            return plan
        plan = self._make(request, stub, settings)
        if self._is_always_the_same(stub, settings):
            plan.is_shared = True
            stub.cached = plan
        return plan

    def _make(self, request: StubRequest, stub: StubMapping, settings: Settings) -> Plan:
        response = stub.response
        templated = self.is_templated(response)
        try:
            plan = self._filled(request, stub, templated=templated)
        except (FileMissingError, RenderError, AccordError) as error:
            return Plan(500, _TEXT, f"{stub.title}: {error}".encode())
        plan.delay = self._delay(response, settings)
        plan.dribble, plan.fault = response.dribble, response.fault
        if self._check is not None and plan.call is None and plan.fault is None:
            refusal = self._check(request, plan)
            if refusal is not None:
                return Plan(500, (*_TEXT, ("X-Accord-Stub", "not-as-documented")), refusal.encode())
        plan.webhooks = self.webhooks(request, stub, plan)
        return plan

    def _filled(self, request: StubRequest, stub: StubMapping, *, templated: bool) -> Plan:
        response = stub.response
        if response.proxy is not None:
            target = response.proxy
            own = self._headers(request, response, response.headers, templated=templated)
            base = target.base_url
            if templated:
                base = self.templates.text(base, request, response.parameters)
                added = self._headers(request, response, target.added, templated=True)
                target = replace(target, added=added)
            call = forwarded(
                request, target, base, keep_host=self._options.keep_host, keep_agent=self._options.keep_agent
            )
            return Plan(headers=own, call=call)
        if response.make is not None:
            made = response.make()
            return Plan(made.status, (*made.headers, *self._marks(stub)), made.body)
        body = self._body(request, response, templated=templated)
        own = self._headers(request, response, response.headers, templated=templated)
        return Plan(response.status, (*own, *self._marks(stub)), body, response.message)

    def _headers(self, request: StubRequest, response: ResponseDefinition, given: Pairs, *, templated: bool) -> Pairs:
        if not templated:
            return given
        return tuple((name, self.templates.text(value, request, response.parameters)) for name, value in given)

    def _body(self, request: StubRequest, response: ResponseDefinition, *, templated: bool) -> bytes:
        if response.file is None:
            body = response.body or b""
            if templated and body and "base64Body" not in response.document:
                return self.templates.body(body, request, response.parameters)
            return body
        name = response.file
        if not templated:
            return self._files.read(name)
        data = self._files.read(self.templates.text(name, request, response.parameters))
        try:
            data.decode()
        except UnicodeDecodeError:
            return data  # no text, so no template
        return self.templates.body(data, request, response.parameters)

    def is_templated(self, response: ResponseDefinition) -> bool:
        """Whether an answer is a template."""
        if not self._options.templating and not self._options.global_templating:
            return False
        return TEMPLATING in response.transformers or self._options.global_templating

    def refuse_templates(self, response: ResponseDefinition) -> list[tuple[str, str]]:
        """What of a response is a template that does not work here: a JSON pointer and why, for each."""
        if TEMPLATING not in response.transformers or not self._options.templating:
            return []
        texts = [("/response/body", (response.body or b"").decode("utf-8", "replace"))]
        texts += [("/response/bodyFileName", response.file or "")]
        texts += [("/response/proxyBaseUrl", response.proxy.base_url if response.proxy else "")]
        texts += [(f"/response/headers/{escaped(name)}", value) for name, value in response.headers]
        for name, value in response.proxy.added if response.proxy else ():
            texts.append((f"/response/additionalProxyRequestHeaders/{escaped(name)}", value))
        found = []
        for pointer, text in texts:
            try:
                self.templates.check(text)
            except RenderError as error:
                found.append((pointer, str(error)))
        return found

    def _marks(self, stub: StubMapping) -> tuple[tuple[str, str], ...]:
        marks: tuple[tuple[str, str], ...] = ((STUB_ID, stub.id),)
        if stub.name is not None:
            marks += ((STUB_NAME, stub.name.translate({13: " ", 10: " ", 0: " "})),)
        return marks + _CORS if self._options.cors else marks

    def _is_always_the_same(self, stub: StubMapping, settings: Settings) -> bool:
        return (
            stub.response.is_static
            and not stub.webhooks
            and not self.is_templated(stub.response)
            and not settings.delays
            and self._check is None
        )

    @staticmethod
    def _delay(response: ResponseDefinition, settings: Settings) -> float:
        """Fixed and random delay together, each the stub's own, else the global one."""
        fixed = response.fixed_delay if response.fixed_delay is not None else settings.fixed_delay
        drawn = response.delay or settings.delay
        return (fixed or 0.0) + (drawn.seconds(_RANDOM) if drawn is not None else 0.0)

    def webhooks(self, request: StubRequest, stub: StubMapping, plan: Plan) -> Sequence[Call]:
        """What is to be sent after an answer."""
        if not stub.webhooks:
            return ()
        calls = []
        for each in stub.webhooks:
            context = {"parameters": dict(each.parameters), "originalResponse": {"status": plan.status}}
            texts = (each.method, each.url, *(value for _, value in each.headers))
            method, url, *values = (self.templates.webhook(text, request, context) for text in texts)
            headers = tuple((name, value) for (name, _), value in zip(each.headers, values, strict=True))
            body = self.templates.webhook_body(each.body, request, context)
            delay = each.delay.seconds(_RANDOM) if each.delay else 0.0
            calls.append(Call(method, url, headers, body, delay))
        return calls
