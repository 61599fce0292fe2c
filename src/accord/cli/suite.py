"""``accord test``: the levels in their order."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from accord.cli.output import coloured, print_json
from accord.core.configuration import load_configuration
from accord.core.errors import UsageError
from accord.suite import coverage as coverages
from accord.suite import runner
from accord.suite.level_settings import read_levels
from accord.suite.levels import OCCASIONS
from accord.suite.summary import Summary, as_json, as_text, summarize

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accord.suite.levels import Level
    from accord.suite.runner import SuiteRun

_DEFAULT_COVERAGE = 80.0
_BROKEN = 2


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("test", help=_HELP, short_help="Run the tests level by level.")(run_levels)


_HELP = """Run the tests level by level; stop at the first that fails.

Unit, integration, contract, component, e2e, and your own: a test belongs to the folder or marker of that name.

\b
Examples:
  accord test                          all levels
  accord test unit                     one level
  accord test --when pr -n 2           what runs on a pull request, on two cores
  accord test unit -- -k money -x      what stands after -- goes to pytest
"""


def run_levels(
    levels: Annotated[list[str] | None, typer.Argument(metavar="[LEVEL]...", help="Only these levels.")] = None,
    *,
    when: Annotated[str | None, typer.Option(metavar="|".join(OCCASIONS), help="Only levels of this occasion.")] = None,
    keep_going: Annotated[bool, typer.Option("--keep-going", help="Go on after a level that failed.")] = False,
    workers: Annotated[str | None, typer.Option("-n", "--workers", metavar="N", help="Run in N processes.")] = None,
    budgets: Annotated[str, typer.Option(metavar="enforce|report", help="What to do when over budget.")] = "enforce",
    coverage: Annotated[bool | None, typer.Option(help="Measure it; by default if it is configured.")] = None,
    junit: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Write a JUnit file per level there.")] = None,
    project: Annotated[Path, typer.Option(metavar="FOLDER", help="The project.")] = Path(),
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> int:
    """Run levels."""
    names, arguments = _split(levels or [])
    if budgets not in {"enforce", "report"}:
        raise UsageError(f"--budgets is enforce or report, not {budgets!r}")
    configuration = load_configuration(project)
    known = read_levels(configuration.levels)
    plan = runner.Plan(
        project=project,
        levels=runner.choose(known, names, when),
        workers=workers,
        enforce=budgets == "enforce",
        coverage=coverages.is_configured(project) if coverage is None else coverage,
        junit=junit.resolve() if junit is not None else None,
        keep_going=keep_going,
        arguments=arguments,
    )
    result = runner.run(
        plan,
        needed=_needed(configuration.coverage),
        on_start=lambda level: print(f"\n▶ {level.name}", file=sys.stderr, flush=True),
        to=sys.stderr.fileno() if json else None,
    )
    summary = _summary(result, known)
    if json:
        print_json(_document(result, summary, known))
    else:
        _print(result, summary, known)
    return _exit_code(result, names)


def _split(words: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """The names of levels, and what is pytest's: from the first word on that can be no name (an option, a path)."""
    for number, word in enumerate(words):
        if not word.isidentifier():
            return list(words[:number]), tuple(words[number:])
    return list(words), ()


def _needed(table: Mapping[str, Any]) -> float:
    """The coverage that all levels together need.

    Raises:
        UsageError: the table has another key than ``total``, or no per cent there.
    """
    unknown = sorted(set(table) - {"total"})
    if unknown:
        raise UsageError(f"[tool.accord.coverage]: unknown key {unknown[0]!r}; known: total")
    needed = table.get("total", _DEFAULT_COVERAGE)
    if isinstance(needed, bool) or not isinstance(needed, int | float) or not 0 <= needed <= 100:  # noqa: PLR2004 - per cent
        raise UsageError(f"[tool.accord.coverage] total: expected per cent from 0 to 100, seen {needed!r}")
    return float(needed)


def _summary(result: SuiteRun, levels: Sequence[Level]) -> Summary:
    return summarize(
        [record for run in result.runs for record in run.records],
        levels,
        walls={run.level.name: run.seconds for run in result.runs},
        coverage={run.level.name: run.coverage for run in result.runs if run.coverage is not None},
        total_coverage=result.coverage,
    )


def _document(result: SuiteRun, summary: Summary, levels: Sequence[Level]) -> dict[str, Any]:
    return {
        "ok": result.ok,
        **as_json(summary, levels),
        "runs": [
            {
                "level": run.level.name,
                "ok": run.ok,
                "exit_code": run.exit_code,
                "seconds": round(run.seconds, 3),
                "problems": list(run.problems),
            }
            for run in result.runs
        ],
        "left_out": [level.name for level in result.left],
        "problems": list(result.problems),
    }


def _print(result: SuiteRun, summary: Summary, levels: Sequence[Level]) -> None:
    print()
    for line in as_text(summary, levels, slowest=True):
        print(line)
    print()
    for run in result.runs:
        said = {0: "passed", 1: "failed", 2: "interrupted", 5: "no tests"}
        outcome = said.get(run.exit_code, f"pytest could not run it (exit code {run.exit_code}, see above)")
        print(coloured(f"{'✓' if run.ok else '✗'} {run.level.name}: {outcome}"))
        for problem in run.problems:
            print(f"    {problem}")
    for level in result.left:
        print(coloured(f"○ {level.name}: not run, because {result.runs[-1].level.name} failed"))
    for problem in result.problems:
        print(coloured(f"✗ {problem}"))


def _exit_code(result: SuiteRun, names: Sequence[str]) -> int:
    """0 fine, 1 a finding, 2 a run that is broken or has no tests at all."""
    if any(run.is_broken for run in result.runs):
        return _BROKEN
    if all(run.exit_code == runner.NO_TESTS for run in result.runs):
        raise UsageError(
            f"there is no test of {'the level ' + names[0] if names else 'any level'} here: a test belongs to the "
            "level whose folder it is in (tests/unit/…) or whose marker it has (@pytest.mark.unit)"
        )
    return 0 if result.ok else 1
