"""The program: its commands, and how every error becomes a message and an exit code."""

from __future__ import annotations

import io
import os
import sys
import traceback
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any

import typer

from accord.cli import (
    contracts,
    deciding,
    demo,
    deployments,
    doctor,
    environment,
    faults,
    hub,
    hub_environments,
    hub_evidence,
    hub_participants,
    hub_webhooks,
    publish,
    stub,
    suite,
    verify,
)
from accord.core.errors import AccordError

if TYPE_CHECKING:
    from collections.abc import Sequence

FINE, FINDING, MISUSE, INTERRUPTED = 0, 1, 2, 130

# Typer brings its own copy of Click or uses the installed one, by its version: ask it for the base of its errors.
_COMMAND_LINE_ERROR: Any = next(base for base in typer.BadParameter.__mro__ if base.__name__ == "ClickException")

app = typer.Typer(
    name="accord",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
)
suite.register(app)
verify.register(app)
contracts.register(app)
publish.register(app)
deciding.register(app)
deployments.register(app)
hub_evidence.register(app)
hub_environments.register(app)
hub_participants.register(app)
hub_webhooks.register(app)
hub.register(app)
environment.register(app)
stub.register(app)
demo.register(app)
doctor.register(app)
faults.register(app)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"accord {version('accord')}")
        raise typer.Exit


@app.callback()
def _accord(
    *,
    show_version: Annotated[
        bool, typer.Option("--version", help="Show the version.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """Accord: the testing platform for microservices."""
    del show_version  # handled by its callback


def _escape_what_the_terminal_lacks() -> None:
    """A provider may send what the terminal's encoding does not have."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def run(arguments: Sequence[str]) -> int:
    """Run one command line and give its exit code."""
    _escape_what_the_terminal_lacks()
    try:
        result = typer.main.get_command(app).main(list(arguments), prog_name="accord", standalone_mode=False)
    except AccordError as error:
        print(f"error: {error}", file=sys.stderr)
        return MISUSE
    except typer.Exit as stop:
        return stop.exit_code
    except _COMMAND_LINE_ERROR as error:
        error.show()
        return MISUSE
    except (KeyboardInterrupt, typer.Abort):
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except SystemExit as stop:  # so ends Click itself when the reader has gone: with 1, which would be a finding
        return FINE if isinstance(stop.__context__, BrokenPipeError) else MISUSE
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough. Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except Exception as error:  # noqa: BLE001 - whatever else is a fault of ours, and must not look like a finding
        traceback.print_exc()
        print(f"error: accord itself failed ({type(error).__name__}); please report it with the above", file=sys.stderr)
        return MISUSE
    if result == INTERRUPTED:  # Typer turns Ctrl-C into this code, and says nothing
        print("interrupted", file=sys.stderr)
    return result if isinstance(result, int) else FINE
