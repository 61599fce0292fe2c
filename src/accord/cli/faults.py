"""``accord faults serve``: the fault proxy, with Toxiproxy's API."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import asyncio

    from accord.faults.server import FaultServer

EXAMPLE = """\b
Example:
    accord faults serve --port 8474 &
    curl -d '{"name": "payments", "listen": "127.0.0.1:9001", "upstream": "127.0.0.1:8001"}' 127.0.0.1:8474/proxies
    curl -d '{"type": "latency", "attributes": {"latency": 2000}}' 127.0.0.1:8474/proxies/payments/toxics
"""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    faults = typer.Typer(no_args_is_help=True, help="Faults between services.")
    faults.command("serve", epilog=EXAMPLE)(serve)
    app.add_typer(faults, name="faults")


def serve(
    port: Annotated[int, typer.Option(help="Port of the API; 0 takes a free one.", min=0, max=65_535)] = 8474,
    host: Annotated[str, typer.Option(help="Address of the API.")] = "127.0.0.1",
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JSON with the proxies to begin with, as for /populate.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="What chance decides by; the same seed repeats a run.")] = None,
    outside: Annotated[bool, typer.Option("--outside", help="Listen on other addresses than loopback, too.")] = False,
) -> int:
    """Stand between services and break what flows there.

    Speaks Toxiproxy's API, so that its clients work unchanged. Runs until it is interrupted.
    """
    from accord.faults.server import FaultServer, new_loop  # noqa: PLC0415 - asyncio and uvloop: for this command alone

    _allow_many_files()
    loop = new_loop()
    server = FaultServer(port=port, host=host, seed=seed, outside=outside)
    try:
        loop.run_until_complete(_begin(server, config))
        print(f"accord faults listens on {server.url}", file=sys.stderr, flush=True)
        _until_told(loop)
    finally:
        loop.run_until_complete(server.stop())
        loop.close()
    return 0


def _allow_many_files() -> None:
    """As many as this user may have: a connection takes two."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on Windows

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _begin(server: FaultServer, config: Path | None) -> None:
    await server.start()
    if config is not None:
        await server.populate(config)


def _until_told(loop: asyncio.AbstractEventLoop) -> None:
    """Run until Ctrl-C or SIGTERM."""
    import signal  # noqa: PLC0415 - next to its only use

    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, loop.stop)
        except NotImplementedError:  # Windows: Ctrl-C raises KeyboardInterrupt
            break
    loop.run_forever()
