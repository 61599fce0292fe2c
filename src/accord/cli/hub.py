"""``accord hub``: serve one, its tokens, clean it up, back it up."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from accord.cli.output import print_json
from accord.core.errors import UsageError

SERVE_EXAMPLE = """Examples:

    accord hub serve

    accord hub serve --host 0.0.0.0 --database postgresql://hub@db/hub --base-url https://pacts.example.org
"""

CLEAN_EXAMPLE = """Example:

    accord hub clean --keep-days 90

    accord hub clean --keep-days 90 --apply
"""
BACKUP_EXAMPLE = """Example:

    accord hub backup hub-monday.sqlite3
"""
RESTORE_EXAMPLE = """Example:

    accord hub restore hub-monday.sqlite3 --force
"""
AUDIT_EXAMPLE = """Example:

    accord hub audit --last 20
"""
CREATE_EXAMPLE = """Example:

    accord hub token create ci --role write
"""
LIST_EXAMPLE = """Example:

    accord hub token list
"""
REVOKE_EXAMPLE = """Example:

    accord hub token revoke ci
"""

Database = Annotated[str, typer.Option(help="A file (SQLite), or postgresql://user:password@host/name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DEFAULT_DATABASE = ".accord/hub.sqlite3"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    hub = typer.Typer(no_args_is_help=True, help="A Pact-Broker-compatible hub, and its care.")
    hub.command("serve", epilog=SERVE_EXAMPLE)(serve_command)
    hub.command("clean", epilog=CLEAN_EXAMPLE)(clean_command)
    hub.command("backup", epilog=BACKUP_EXAMPLE)(backup_command)
    hub.command("restore", epilog=RESTORE_EXAMPLE)(restore_command)
    hub.command("audit", epilog=AUDIT_EXAMPLE)(audit_command)
    token = typer.Typer(no_args_is_help=True, help="Tokens for a hub that others can reach.")
    token.command("create", epilog=CREATE_EXAMPLE)(create_token_command)
    token.command("list", epilog=LIST_EXAMPLE)(list_tokens_command)
    token.command("revoke", epilog=REVOKE_EXAMPLE)(revoke_token_command)
    hub.add_typer(token, name="token")
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
    remind_after: Annotated[
        float,
        typer.Option(help="Hours after which a missing verification is told to webhooks again; 0 for never.", min=0),
    ] = 24.0,
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
        remind_after=remind_after,
        token=os.environ.get("ACCORD_HUB_TOKEN") or None,
        log_format=log_format,
        quiet=quiet,
    )

    def announce(url: str) -> None:
        links = f", its links begin with {settings.base_url}" if settings.base_url else ""
        print(f"The hub answers at {url}{links} (database: {settings.location.shown})", flush=True)

    serve(settings, announce)


def clean_command(
    keep_days: Annotated[int, typer.Option(help="What is younger stays.", min=0)] = 90,
    apply: Annotated[bool, typer.Option("--apply", help="Remove it; without this only say what would go.")] = False,
    database: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Remove old versions, while the hub serves. What is deployed, released, or the head of a branch or tag, stays."""
    _need_server()
    from accord.hub.app.care import clean  # noqa: PLC0415 - the database's driver

    done = clean(database, keep_days, apply=apply)
    names = [f"{each.participant} {each.number}" for each in done.versions]
    if as_json:
        print_json({"applied": apply, "versions": names, "contents": done.contents, "records": done.records})
        return
    for name in names if not apply else ():
        print(name)
    word = "Removed" if apply else "Would remove"
    rest = f", {done.contents} contents and {done.records} records" if apply else "; --apply does"
    print(f"{word} {len(names)} versions older than {keep_days} days{rest}.")


def backup_command(
    target: Annotated[Path, typer.Argument(help="A new file.")], database: Database = DEFAULT_DATABASE
) -> None:
    """Copy the database into a file, while the hub serves."""
    _need_server()
    from accord.hub.app.care import back_up  # noqa: PLC0415 - the database's driver

    print(f"Wrote {target} ({back_up(database, target)} bytes).")


def restore_command(
    source: Annotated[Path, typer.Argument(help="A backup.")],
    database: Database = DEFAULT_DATABASE,
    force: Annotated[bool, typer.Option("--force", help="Replace the database that is there.")] = False,
) -> None:
    """Put a backup in the database's place; stop the hub first."""
    _need_server()
    from accord.hub.app.care import restore  # noqa: PLC0415 - the database's driver

    restore(database, source, force=force)
    print(f"Restored {database} from {source}.")


def audit_command(
    last: Annotated[int, typer.Option(help="How many entries.", min=1)] = 50,
    database: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Who changed what, newest first; kept where tokens are asked for."""
    _need_server()
    from accord.hub.app.care import read_audit  # noqa: PLC0415 - the database's driver

    entries = read_audit(database, last)
    if as_json:
        print_json(entries)
        return
    for each in entries:
        print(f"{each['who']}  {each['method']} {each['path']}  {each['status']}  {each['request_id']}")


def create_token_command(
    name: Annotated[str, typer.Argument(help="Whose it is.")],
    role: Annotated[str, typer.Option(help="read, write or admin.")] = "write",
    database: Database = DEFAULT_DATABASE,
) -> None:
    """Make a token and print its secret, which is kept nowhere."""
    _need_server()
    from accord.hub.app.care import create_token  # noqa: PLC0415 - the database's driver

    print(create_token(database, name, role))


def list_tokens_command(database: Database = DEFAULT_DATABASE, as_json: AsJson = False) -> None:
    """All tokens, without their secrets."""
    _need_server()
    from accord.hub.app.care import list_tokens  # noqa: PLC0415 - the database's driver

    found = list_tokens(database)
    if as_json:
        print_json([{"name": each.name, "role": each.role} for each in found])
        return
    for each in found:
        print(f"{each.name}  {each.role}")


def revoke_token_command(
    name: Annotated[str, typer.Argument(help="Whose.")], database: Database = DEFAULT_DATABASE
) -> None:
    """Remove a token; it stops working within seconds."""
    _need_server()
    from accord.hub.app.care import revoke_token  # noqa: PLC0415 - the database's driver

    revoke_token(database, name)
    print(f"Revoked {name}.")


def _need_server() -> None:
    try:
        import fastapi  # noqa: F401, PLC0415 - only to see whether the extra is there
        import sqlalchemy  # noqa: F401, PLC0415
        import uvicorn  # noqa: F401, PLC0415
    except ImportError as error:
        raise UsageError(
            f"the hub's server is not installed ({error.name} is missing): pip install 'accord[hub]'"
        ) from None
