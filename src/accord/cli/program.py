"""The program: its commands, and how every error becomes a message and an exit code."""

from __future__ import annotations

import io
import os
import sys
import traceback
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer

from accord.core.errors import AccordError

if TYPE_CHECKING:
    from collections.abc import Sequence

FINE, FINDING, MISUSE, INTERRUPTED = 0, 1, 2, 130

# Typer brings its own copy of Click or uses the installed one, by its version: ask it for the base of its errors.
_COMMAND_LINE_ERROR: Any = next(base for base in typer.BadParameter.__mro__ if base.__name__ == "ClickException")

# In the order of the help. Only the module of the command that is run is loaded: all take longer than most runs.
MODULES = {
    "test": "suite",
    "verify": "verify",
    "contract": "contracts",
    "publish": "publish",
    "can-i-deploy": "deciding",
    "can-i-merge": "deciding",
    "record-deployment": "deployments",
    "record-undeployment": "deployments",
    "record-release": "deployments",
    "record-support-ended": "deployments",
    "evidence": "hub_evidence",
    "environment": "hub_environments",
    "participant": "hub_participants",
    "webhook": "hub_webhooks",
    "hub": "hub",
    "env": "environment",
    "stub": "stub",
    "demo": "demo",
    "doctor": "doctor",
    "faults": "faults",
}


def application(first: str = "") -> typer.Typer:
    """The commands: the one that a command line begins with, and its neighbours; all, where that is none of them."""
    app = typer.Typer(
        name="accord",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        rich_markup_mode=None,
    )
    app.callback()(_accord)
    for module in [MODULES[first]] if first in MODULES else dict.fromkeys(MODULES.values()):
        import_module(f"accord.cli.{module}").register(app)
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - takes as long to load as a command

        typer.echo(f"accord {version('accord')}")
        raise typer.Exit


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
        command = typer.main.get_command(application(*arguments[:1]))
        result = command.main(list(arguments), prog_name="accord", standalone_mode=False)
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
