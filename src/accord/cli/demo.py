"""``accord demo``: the whole story on the example shop, live."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer

from accord.cli.demo_shop import find_shop
from accord.cli.demo_story import Begun, Step, Story
from accord.cli.output import coloured, print_json

EXAMPLE = """Example:

    accord demo
    accord demo --level unit --keep
"""

HEADINGS = {
    "database": "1. A real database",
    "levels": "2. The levels, on seven services of the shop",
    "pacts": "3. What the consumers need of their providers",
    "verification": "4. Do the providers keep it?",
    "answer": "5. May this change be deployed?",
    "break": "6. Now somebody renames a field",
}

NEXT = """What to try next:
  examples/shop/tests/payments/contract   the consumer's test that stopped it
  examples/shop/tests/orders/contract     the provider's side: states on a real database
  accord demo --keep                      the same, and the hub stays open
  accord verify --help                    the same for your own service
  README.md                               a consumer test in ten lines"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo", epilog=EXAMPLE)(demo)


def demo(
    *,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the hub open at the end, until Ctrl-C.")] = False,
    level: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Of chapter 2 only this level (and contract); repeatable.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document at the end.")] = False,
) -> None:
    """Show the main job on the example shop. Then a field is broken on purpose, to show who stops it."""
    shop = find_shop(Path.cwd())
    if as_json:
        steps: list[Step] = []
        Story(shop, lambda event: steps.append(event) if isinstance(event, Step) else None, levels=level or ()).run()
        print_json({"steps": [step.to_json() for step in steps]})
        return
    teller = Teller()
    Story(shop, teller.tell, wait if keep else _go_on, levels=level or ()).run()
    print(f"\n{NEXT}")


def _go_on(url: str) -> None:
    """Let the hub go."""
    del url


def wait(url: str) -> None:
    """Leave the hub open until somebody has seen enough."""
    print(f"\nThe hub stays open at {url}: its pages show the pacts, the results and the answer. Ctrl-C ends it.")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()


class Teller:
    """Prints steps as they happen."""

    def __init__(self) -> None:
        self._chapter = ""

    def tell(self, event: Step | Begun) -> None:
        """Print one step, with a heading where a chapter begins."""
        if event.chapter != self._chapter:
            self._chapter = event.chapter
            print(f"\n{_bold(HEADINGS[event.chapter])}")
        if isinstance(event, Step):
            self._print(event)
        elif sys.stdout.isatty():  # overwritten by the step itself
            print(f"  … {event.title}", end="\r", flush=True)

    def _print(self, step: Step) -> None:
        if sys.stdout.isatty():
            print("\x1b[2K", end="")
        mark = "✓" if step.ok else "✗"
        time = "" if step.seconds is None else f"  {_duration(step.seconds)}"
        print(coloured(f"  {mark} {step.title}{time}"))
        for line in step.lines:
            print(coloured(f"      {line}"), flush=True)


def _duration(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _bold(text: str) -> str:
    return f"\x1b[1m{text}\x1b[0m" if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else text
