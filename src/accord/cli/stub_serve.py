"""The command line of ``accord stub serve``; by argparse: it must be up in a tenth of a second, which Typer takes."""

from __future__ import annotations

import argparse
import difflib
import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from accord.core.errors import AccordError, UsageError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Sequence

    from accord.stub.options import Options

EXAMPLE = """Examples:

    accord stub serve --root stubs --port 8080

    accord stub serve --pact pacts/web-orders.json --openapi orders.yaml

    accord stub serve --proxy-all http://localhost:9000 --record-misses --keep-latency
"""
MISUSE, INTERRUPTED = 2, 130
_WITH_VALUE, _ALONE = True, False
_WITHOUT_EFFECT = {
    "--async-response-enabled": _WITH_VALUE, "--async-response-threads": _WITH_VALUE,
    "--container-threads": _WITH_VALUE, "--disable-banner": _ALONE, "--disable-extensions-scanning": _ALONE,
    "--disable-gzip": _ALONE, "--disable-http2-plain": _ALONE, "--disable-http2-tls": _ALONE,
    "--disable-optimize-xml-factories-loading": _ALONE, "--disable-request-logging": _ALONE,
    "--disable-strict-http-headers": _ALONE, "--jetty-accept-queue-size": _WITH_VALUE,
    "--jetty-acceptor-threads": _WITH_VALUE, "--jetty-header-buffer-size": _WITH_VALUE,
    "--jetty-header-request-size": _WITH_VALUE, "--jetty-header-response-size": _WITH_VALUE,
    "--jetty-idle-timeout": _WITH_VALUE, "--jetty-stop-timeout": _WITH_VALUE,
    "--local-response-templating": _ALONE, "--logged-response-body-size-limit": _WITH_VALUE,
    "--max-http-client-connections": _WITH_VALUE, "--max-template-cache-entries": _WITH_VALUE,
    "--preserve-user-agent-proxy-header": _ALONE,
    "--supported-proxy-encodings": _WITH_VALUE, "--filename-template": _WITH_VALUE,
    "--proxy-pass-through": _WITH_VALUE, "--timeout": _WITH_VALUE, "--use-chunked-encoding": _WITH_VALUE,
    "--webhook-threadpool-size": _WITH_VALUE,
}  # fmt: skip
"""Flags of WireMock that tune what is not here."""

_KEYSTORES = "keystores of Java are not read here; give --tls-cert and --tls-key in PEM"
_JAVA = "extensions are Java classes, which do not run here"
_BROWSER = "it is no proxy for browsers; stubs with proxyBaseUrl, and --proxy-all, pass requests on"
_REFUSED = {
    "--https-keystore": _KEYSTORES, "--https-truststore": _KEYSTORES, "--keystore-type": _KEYSTORES,
    "--keystore-password": _KEYSTORES, "--key-manager-password": _KEYSTORES, "--truststore-type": _KEYSTORES,
    "--truststore-password": _KEYSTORES, "--https-require-client-cert": _KEYSTORES, "--ca-keystore": _KEYSTORES,
    "--ca-keystore-password": _KEYSTORES, "--ca-keystore-type": _KEYSTORES, "--extensions": _JAVA,
    "--load-resources-from-classpath": "there is no class path; give the folder with --root",
    "--enable-browser-proxying": _BROWSER, "--trust-all-proxy-targets": _BROWSER, "--trust-proxy-target": _BROWSER,
    "--proxy-via": "calls to proxied services are made directly",
    "--admin-api-require-https": "give --disable-http and --https-port instead",
}  # fmt: skip
"""Flags of WireMock that change what is served, and do not work here: to go on without them would be a lie."""


def main(arguments: Sequence[str]) -> int:
    """Serve until stopped; gives the exit code."""
    gc.disable()  # what is loaded at the start stays: to look through it again and again takes time. program.py goes on
    try:
        return run(arguments)
    except AccordError as error:
        print(f"error: {error}", file=sys.stderr)
        return MISUSE
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    finally:
        gc.enable()


def run(arguments: Sequence[str]) -> int:
    """The same, but errors are raised.

    Raises:
        AccordError: the command line, a file or a port cannot be used.
    """
    parser = _parser()
    given, left = parser.parse_known_args(list(arguments))
    for flag in _without_effect(left, parser):
        print(f"note: {flag} has no effect here", file=sys.stderr)
    if given.root is not None and not given.root.is_dir():
        raise UsageError(f"{given.root} is no folder; --root names one with mappings and __files")
    if given.disable_http and given.https_port is None:
        raise UsageError("--disable-http leaves nothing to listen on; give --https-port too")
    _serve(_options(given), given)
    return 0


def _serve(options: Options, given: argparse.Namespace) -> None:
    import asyncio  # noqa: PLC0415 - after the command line was read: a mistake in it is said at once
    import logging  # noqa: PLC0415 - as above

    from accord.stub.loops import loop_factory  # noqa: PLC0415 - as above
    from accord.stub.serving.program import serve_until_stopped  # noqa: PLC0415 - as above

    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    tls: ssl.SSLContext | None = None
    if given.https_port is not None:
        from accord.stub.serving.certificates import context_of  # noqa: PLC0415 - brings ssl

        tls = context_of(given.tls_cert, given.tls_key)
    port = None if given.disable_http else given.port
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(
            serve_until_stopped(options, port, host=given.bind_address, https_port=given.https_port, tls=tls, say=_say)
        )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _options(given: argparse.Namespace) -> Options:
    from accord.stub.options import Options  # noqa: PLC0415 - as above

    return Options(
        root=given.root,
        journal=0 if given.no_request_journal else given.max_request_journal_entries,
        global_templating=given.global_response_templating,
        templating=not given.disable_response_templating,
        proxy_all=given.proxy_all,
        record_misses=given.record_mappings,
        keep_latency=given.keep_latency,
        keep_host=given.preserve_host_header,
        allow_targets=given.allow_proxy_targets.split(","),
        deny_targets=given.deny_proxy_targets.split(","),
        strict=given.strict,
        cors=given.enable_stub_cors,
        credentials=_credentials(given.admin_api_basic_auth),
        pacts=given.pact,
        openapi=given.openapi,
        warn_only=given.warn_only,
        verbose=given.verbose,
        proxy_timeout=given.proxy_timeout / 1000,
        match_headers=_listed(given.match_headers),
        permitted_variables=_listed(given.permitted_system_keys),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="accord stub serve",
        description="Serve stubs, and WireMock's admin API at /__admin, until stopped. Takes WireMock's own flags too.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--root", "--root-dir", type=Path, metavar="DIR", help="the folder with mappings and __files")
    add("--port", type=_port, default=8080, help="0 takes a free one; 8080 by default")
    add("--bind-address", default="127.0.0.1", metavar="ADDRESS", help="where to listen; loopback by default")
    add("--https-port", type=_port, help="serve https here too")
    add("--tls-cert", type=Path, metavar="FILE", help="PEM file of the certificate; else one is made for localhost")
    add("--tls-key", type=Path, metavar="FILE", help="PEM file of its key")
    add("--disable-http", action="store_true", help="serve https alone")
    pacts = "stubs from a pact; every stub and answer is checked against it"
    add("--pact", type=Path, action="append", default=[], metavar="FILE", help=pacts)
    add("--openapi", type=Path, action="append", default=[], metavar="FILE", help="the same from an OpenAPI document")
    add("--warn-only", action="store_true", help="warn of what a document does not allow, and serve it")
    add("--strict", action="store_true", help="refuse in mappings what WireMock passes over in silence")
    bound = "how many requests are kept; 10000 by default"
    add("--max-request-journal-entries", type=_count, default=10_000, metavar="N", help=bound)
    add("--no-request-journal", action="store_true", help="keep none")
    add("--global-response-templating", action="store_true", help="every answer is a template")
    add("--disable-response-templating", action="store_true", help="none is, though it asks for it")
    add("--proxy-all", metavar="URL", help="pass on what no stub fits")
    record = "what was passed on becomes a stub at once"
    add("--record-mappings", "--record-misses", action="store_true", help=record)
    add("--keep-latency", action="store_true", help="recorded stubs take as long as the service did")
    add("--preserve-host-header", action="store_true", help="pass the client's Host on")
    add("--proxy-timeout", type=_milliseconds, default=300_000, metavar="MS", help="for a call to a proxied service")
    allow = "private hosts, networks or ranges that may be called; comma separated"
    add("--allow-proxy-targets", default="", metavar="LIST", help=allow)
    add("--deny-proxy-targets", default="", metavar="LIST", help="what may not be called")
    add("--admin-api-basic-auth", metavar="USER:PASSWORD", help="ask for it at /__admin")
    add("--enable-stub-cors", action="store_true", help="pages of any origin may read the answers")
    add("--verbose", "--print-all-network-traffic", action="store_true", help="log every request")
    capture = "headers that recorded stubs ask for; comma separated"
    add("--match-headers", default="", metavar="LIST", help=capture)
    permitted = "environment variables that templates may read, by pattern; comma separated"
    add("--permitted-system-keys", default="", metavar="LIST", help=permitted)
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:  # noqa: PLR2004 - what a port is
        raise argparse.ArgumentTypeError(f"a port is a whole number between 0 and 65535, seen {text!r}")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"a whole number from 0 on is expected, seen {text!r}")
    return int(text)


def _milliseconds(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"a whole number of milliseconds from 1 on is expected, seen {text!r}")
    return int(text)


def _without_effect(arguments: list[str], parser: argparse.ArgumentParser) -> list[str]:
    """WireMock's flags that mean nothing here.

    Raises:
        UsageError: a flag that is not known.
    """
    found, left = [], list(arguments)
    while left:
        flag, equals, _ = left.pop(0).partition("=")
        if flag in _REFUSED:
            raise UsageError(f"{flag} does not work here: {_REFUSED[flag]}")
        if flag not in _WITHOUT_EFFECT:
            known = [*_WITHOUT_EFFECT, *parser._option_string_actions]  # noqa: SLF001 - there is no public list of them
            near = difflib.get_close_matches(flag, known, 1)
            advice = f"did you mean {near[0]}?" if near else "see accord stub serve --help"
            raise UsageError(f"{flag} is not known here; {advice}")
        if _WITHOUT_EFFECT[flag] and not equals and left and not left[0].startswith("--"):
            left.pop(0)
        found.append(flag)
    return found


def _listed(given: str) -> list[str]:
    return [each.strip() for each in given.split(",") if each.strip()]


def _credentials(given: str | None) -> tuple[str, str] | None:
    if given is None:
        return None
    name, colon, password = given.partition(":")
    if not colon:
        raise UsageError("--admin-api-basic-auth takes USER:PASSWORD")
    return name, password
