"""``accord hub``: serve one, its tokens, clean it up, back it up."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from accord.core.errors import UsageError

SERVE_EXAMPLE = """Examples:

    accord hub serve

    accord hub serve --host 0.0.0.0 --database postgresql://hub@db/hub --base-url https://pacts.example.org
"""

Database = Annotated[str, typer.Option(help="A file (SQLite), or postgresql://user:password@host/name.")]
DEFAULT_DATABASE = ".accord/hub.sqlite3"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    hub = typer.Typer(no_args_is_help=True, help="A Pact-Broker-compatible hub: serve it, look after it.")
    hub.command("serve", epilog=SERVE_EXAMPLE)(serve_command)
    app.add_typer(hub, name="hub")


def serve_command(
    port: Annotated[int, typer.Option(help="The port; 0 for a free one.", min=0, max=65535)] = 9292,
    host: Annotated[
        str, typer.Option(help="The address to listen on; beyond this machine everybody needs a token.")
    ] = "127.0.0.1",
    database: Database = DEFAULT_DATABASE,
    base_url: Annotated[
        str | None, typer.Option(help="What links begin with; the request's host and forwarded headers by default.")
    ] = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="Let nothing be changed.")] = False,
    public_read: Annotated[bool, typer.Option("--public-read", help="Let everybody read without a token.")] = False,
    require_token: Annotated[
        bool, typer.Option("--require-token", help="Ask for a token on this machine too.")
    ] = False,
    webhook_host: Annotated[
        list[str] | None, typer.Option(help="A host, *.host or network that webhooks may call; repeatable.")
    ] = None,
    webhook_scheme: Annotated[
        list[str] | None, typer.Option(help="A scheme of webhooks' URLs; https alone by default.")
    ] = None,
    webhook_method: Annotated[
        list[str] | None, typer.Option(help="A method of webhooks; POST alone by default.")
    ] = None,
    max_body: Annotated[int, typer.Option(help="Most bytes of a request's body.", min=1024)] = 20 * 1024 * 1024,
    requests_per_minute: Annotated[
        int, typer.Option(help="Of one caller, where tokens are asked for; 0 for no limit.", min=0)
    ] = 6000,
    log_format: Annotated[str, typer.Option(help="json or text.")] = "json",
    quiet: Annotated[bool, typer.Option("--quiet", help="No line in the log for each request.")] = False,
) -> None:
    """Serve a hub until it is interrupted. ACCORD_HUB_TOKEN is an administrator's token, if it is set."""
    _need_server()
    from accord.hub.app.server import serve  # noqa: PLC0415 - the server's frameworks, which no other command needs
    from accord.hub.app.settings import Settings  # noqa: PLC0415

    settings = Settings(
        host=host,
        port=port,
        database=database,
        base_url=base_url,
        read_only=read_only,
        public_read=public_read,
        require_token=require_token,
        webhook_hosts=tuple(webhook_host or ()),
        webhook_schemes=tuple(webhook_scheme or ("https",)),
        webhook_methods=tuple(webhook_method or ("POST",)),
        most_body=max_body,
        requests_per_minute=requests_per_minute,
        token=os.environ.get("ACCORD_HUB_TOKEN") or None,
        log_format=log_format,
        quiet=quiet,
    )

    def announce(url: str) -> None:
        print(f"The hub answers at {settings.base_url or url} (database: {settings.location.shown})", flush=True)

    serve(settings, announce)


def _need_server() -> None:
    try:
        import fastapi  # noqa: F401, PLC0415 - only to see whether the extra is there
        import sqlalchemy  # noqa: F401, PLC0415
        import uvicorn  # noqa: F401, PLC0415
    except ImportError as error:
        raise UsageError(
            f"the hub's server is not installed ({error.name} is missing): pip install 'accord[hub]'"
        ) from None
