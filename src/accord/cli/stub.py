"""``accord stub``: the WireMock-compatible StubServer, started by its own flags or by WireMock's."""

from __future__ import annotations

import typer

from accord.cli import stub_serve

group = typer.Typer(no_args_is_help=True, help="Answer in place of services that are not started.")


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="stub")


@group.callback()
def _stub() -> None:
    """Answer in place of services that are not started."""


@group.command(
    add_help_option=False,
    epilog=stub_serve.EXAMPLE,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def serve(context: typer.Context) -> int:
    """Serve stubs, and WireMock's admin API at /__admin, until stopped. Takes WireMock's own flags too."""
    return stub_serve.run(context.args)
