"""``accord stub``: the WireMock-compatible StubServer, started by its own flags or by WireMock's."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accord.core.errors import UsageError

if TYPE_CHECKING:
    import ssl

    from accord.stub.options import Options

SERVE_EXAMPLE = """Examples:

    accord stub serve --root stubs --port 8080

    accord stub serve --pact pacts/web-orders.json --openapi orders.yaml

    accord stub serve --proxy-all http://localhost:9000 --record-misses --keep-latency
"""
_WITHOUT_EFFECT = {
    "--async-response-enabled": True, "--async-response-threads": True, "--container-threads": True,
    "--disable-banner": False, "--disable-extensions-scanning": False, "--disable-gzip": False,
    "--disable-http2-plain": False, "--disable-http2-tls": False, "--disable-optimize-xml-factories-loading": False,
    "--disable-request-logging": False, "--disable-strict-http-headers": False, "--jetty-accept-queue-size": True,
    "--jetty-acceptor-threads": True, "--jetty-header-buffer-size": True, "--jetty-header-request-size": True,
    "--jetty-header-response-size": True, "--jetty-idle-timeout": True, "--jetty-stop-timeout": True,
    "--logged-response-body-size-limit": True, "--max-http-client-connections": True,
    "--max-template-cache-entries": True, "--no-request-journal-logging": False, "--proxy-pass-through": True,
    "--timeout": True, "--use-chunked-encoding": True, "--webhook-threadpool-size": True,
}  # fmt: skip
_SMALLEST_JOURNAL = 0

group = typer.Typer(no_args_is_help=True, help="Answer in place of services that are not started.")


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="stub")


@group.callback()
def _stub() -> None:
    """Answer in place of services that are not started."""


@group.command(epilog=SERVE_EXAMPLE, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def serve(
    context: typer.Context,
    *,
    root: Annotated[
        Path | None, typer.Option("--root", "--root-dir", help="The folder with mappings and __files.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8080,
    bind_address: Annotated[
        str, typer.Option(help="Where to listen; anything else than loopback is your choice.")
    ] = "127.0.0.1",
    https_port: Annotated[int | None, typer.Option(min=0, max=65535, help="Serve https here too.")] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="PEM file of the certificate; else one is made.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="PEM file of its key.")] = None,
    disable_http: Annotated[bool, typer.Option("--disable-http", help="Serve https alone.")] = False,
    pact: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="Stubs from a pact; all stubs are checked against it.")
    ] = None,
    openapi: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="The same from an OpenAPI document.")
    ] = None,
    warn_only: Annotated[
        bool, typer.Option("--warn-only", help="Warn of what a document does not allow, serve it all the same.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse what WireMock passes over in silence.")] = False,
    max_request_journal_entries: Annotated[
        int, typer.Option(min=_SMALLEST_JOURNAL, help="How many requests are kept.")
    ] = 10_000,
    no_request_journal: Annotated[bool, typer.Option("--no-request-journal", help="Keep none.")] = False,
    global_response_templating: Annotated[
        bool, typer.Option("--global-response-templating", help="Every answer is a template.")
    ] = False,
    local_response_templating: Annotated[
        bool, typer.Option("--local-response-templating", help="Answers that ask for it are; so it is anyway.")
    ] = False,
    disable_response_templating: Annotated[
        bool, typer.Option("--disable-response-templating", help="None is.")
    ] = False,
    proxy_all: Annotated[str | None, typer.Option(metavar="URL", help="Pass on what no stub fits.")] = None,
    record_mappings: Annotated[
        bool, typer.Option("--record-mappings", "--record-misses", help="What was passed on becomes a stub at once.")
    ] = False,
    keep_latency: Annotated[
        bool, typer.Option("--keep-latency", help="Recorded stubs take as long as the service did.")
    ] = False,
    preserve_host_header: Annotated[
        bool, typer.Option("--preserve-host-header", help="Pass the client's Host on.")
    ] = False,
    proxy_timeout: Annotated[int, typer.Option(min=1, help="Milliseconds for a call to a proxied service.")] = 300_000,
    allow_proxy_targets: Annotated[
        str, typer.Option(help="Private hosts, networks or ranges that may be called; comma separated.")
    ] = "",
    deny_proxy_targets: Annotated[str, typer.Option(help="What may not be called.")] = "",
    admin_api_basic_auth: Annotated[
        str | None, typer.Option(metavar="USER:PASSWORD", help="Ask for it at /__admin.")
    ] = None,
    enable_stub_cors: Annotated[
        bool, typer.Option("--enable-stub-cors", help="Answers may be read by pages of any origin.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log every request.")] = False,
) -> None:
    """Serve stubs, WireMock's admin API at /__admin, until it is stopped. Takes WireMock's own flags too."""
    from accord.stub.options import Options  # noqa: PLC0415 - other commands need not load it

    del local_response_templating  # as it is anyway
    for flag in _without_effect(context.args):
        print(f"note: {flag} has no effect here", file=sys.stderr)
    options = Options(
        root=root,
        journal=0 if no_request_journal else max_request_journal_entries,
        global_templating=global_response_templating,
        templating=not disable_response_templating,
        proxy_all=proxy_all,
        record_misses=record_mappings,
        keep_latency=keep_latency,
        keep_host=preserve_host_header,
        allow_targets=allow_proxy_targets.split(","),
        deny_targets=deny_proxy_targets.split(","),
        strict=strict,
        cors=enable_stub_cors,
        credentials=_credentials(admin_api_basic_auth),
        pacts=pact or (),
        openapi=openapi or (),
        warn_only=warn_only,
        proxy_timeout=proxy_timeout / 1000,
        verbose=verbose,
    )  # fmt: skip
    if root is not None and not root.is_dir():
        raise UsageError(f"{root} is no folder; --root names one with mappings and __files")
    _run(options, None if disable_http else port, bind_address, https_port, tls_cert, tls_key)


def _run(
    options: Options, port: int | None, host: str, https_port: int | None, cert: Path | None, key: Path | None
) -> None:
    import asyncio  # noqa: PLC0415 - as above
    import logging  # noqa: PLC0415 - as above

    from accord.stub.server import loop_factory  # noqa: PLC0415 - as above
    from accord.stub.serving.program import serve_until_stopped  # noqa: PLC0415 - as above

    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    tls: ssl.SSLContext | None = None
    if https_port is not None:
        from accord.stub.serving.certificates import context_of  # noqa: PLC0415 - brings ssl

        tls = context_of(cert, key)
    elif port is None:
        raise UsageError("--disable-http leaves nothing to listen on; give --https-port too")
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(serve_until_stopped(options, port, host=host, https_port=https_port, tls=tls, say=_say))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _without_effect(arguments: list[str]) -> list[str]:
    """WireMock's flags that mean nothing here.

    Raises:
        UsageError: a flag that is not known.
    """
    found, left = [], list(arguments)
    while left:
        flag, equals, _ = left.pop(0).partition("=")
        if flag not in _WITHOUT_EFFECT:
            near = difflib.get_close_matches(flag, _WITHOUT_EFFECT, 1)
            advice = f"did you mean {near[0]}?" if near else "see accord stub serve --help"
            raise UsageError(f"{flag} is not known here; {advice}")
        if _WITHOUT_EFFECT[flag] and not equals and left and not left[0].startswith("--"):
            left.pop(0)
        found.append(flag)
    return found


def _credentials(given: str | None) -> tuple[str, str] | None:
    if given is None:
        return None
    name, colon, password = given.partition(":")
    if not colon:
        raise UsageError("--admin-api-basic-auth takes USER:PASSWORD")
    return name, password
