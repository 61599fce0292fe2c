"""How a StubServer behaves: what its command line, its fixture or its user's code chooses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from accord.stub.journal import MOST_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one client may take.

    Attributes:
        body: bytes of a request's body.
        head: bytes of request line and headers.
        headers: how many headers.
        head_seconds: from connecting, or from the last answer's next byte, to the whole head.
        body_seconds: from the head to the whole body.
        idle_seconds: between two requests.
        connections: open at the same time.
    """

    body: int = 64 * 1024 * 1024
    head: int = 64 * 1024
    headers: int = 200
    head_seconds: float = 20.0
    body_seconds: float = 120.0
    idle_seconds: float = 120.0
    connections: int = 20_000


@dataclass(frozen=True, slots=True)
class Options:
    """The choices.

    Attributes:
        root: the folder with ``mappings`` and ``__files``; None keeps all in memory.
        journal: how many requests are kept; 0 none.
        global_templating: every answer is a template.
        templating: answers that ask for it are templates.
        proxy_all: where what no stub fits is passed on to.
        record_misses: what was passed on becomes a stub at once.
        keep_latency: recorded stubs take as long as the recorded service did.
        allow_targets: private addresses that may be called; see forwarding.Targets.
        deny_targets: what may never be called.
        strict: what WireMock passes over in silence is refused, and a test fails for a request that no stub fitted.
        watch: mapping files are read again when they change.
        credentials: user name and password for the admin API, or None for none.
        cors: pages of any origin may read the answers.
        pacts: pact files or folders; they give stubs, and stubs and answers are checked against them.
        openapi: OpenAPI documents, the same.
        verbose: every request is logged.
        proxy_timeout: seconds for a call to a proxied service or a webhook.
        match_headers: request headers that stubs made of misses ask for.
        permitted_variables: patterns of environment variables that templates may read.
        limits: how much a client may take.
        warn_only: what a document does not allow is warned of, not refused.
    """

    root: Path | None = None
    journal: int = MOST_ENTRIES
    global_templating: bool = False
    templating: bool = True
    proxy_all: str | None = None
    record_misses: bool = False
    keep_latency: bool = False
    keep_host: bool = False
    keep_agent: bool = True
    allow_targets: Sequence[str] = ()
    deny_targets: Sequence[str] = ()
    strict: bool = False
    watch: bool = True
    cors: bool = False
    credentials: tuple[str, str] | None = None
    pacts: Sequence[Path] = ()
    openapi: Sequence[Path] = ()
    warn_only: bool = False
    verbose: bool = False
    match_headers: Sequence[str] = ()
    permitted_variables: Sequence[str] = ()
    proxy_timeout: float = 300.0
    limits: Limits = field(default_factory=Limits)
