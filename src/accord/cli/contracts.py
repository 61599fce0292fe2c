"""``accord contract``: compare contracts with each other, with OpenAPI documents, and event schemas with themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from accord.cli.output import coloured, print_json
from accord.contract.coverage import read_terms, run_audit
from accord.contract.diff import asks_more, diff_contracts
from accord.contract.event_schemas import compare_schemas
from accord.contract.model import Contract
from accord.contract.openapi.check import check_openapi
from accord.contract.openapi.document import OpenApi
from accord.contract.openapi.types import types_of
from accord.contract.ports import PactFiles
from accord.core.configuration import load_configuration
from accord.core.documents import read_json_file, read_yaml_file
from accord.core.errors import UsageError

DIFF_EXAMPLE = """Example:

    accord contract diff pacts-of-main/Web-Orders.json pacts/Web-Orders.json
"""
OPENAPI_EXAMPLE = """Example:

    accord contract check-openapi pacts/ openapi.json
"""
SCHEMA_EXAMPLE = """Example:

    accord contract check-schema order-placed.v1.json order-placed.v2.json --pacts pacts/
"""
TYPES_EXAMPLE = """Example:

    accord contract types openapi.json --out src/shop/orders_types.py
"""
AUDIT_EXAMPLE = """Example:

    accord contract audit traffic/ --pacts pacts/ --drafts drafts/
"""
SIGNS = {"more": "+", "less": "-", "different": "~"}

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]

group = typer.Typer(no_args_is_help=True, help="Compare contracts and schemas before anything runs.")


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="contract")


@group.command(epilog=DIFF_EXAMPLE)
def diff(
    old: Annotated[Path, typer.Argument(help="The pact file as it was.")],
    new: Annotated[Path, typer.Argument(help="The pact file as it is.")],
    as_json: AsJson = False,
) -> int:
    """Compare two versions of a contract. What the consumer asks more (+), less (-) or differently (~).

    Exit code 1 where it asks more or differently.
    """
    changes = diff_contracts(Contract.read(old), Contract.read(new))
    if as_json:
        print_json({"asksMore": asks_more(changes), "changes": [change.to_json() for change in changes]})
    elif changes:
        for change in changes:
            print(f"{SIGNS[change.kind]} {change}")
    else:
        print("The two ask for the same.")
    return 1 if asks_more(changes) else 0


@group.command("check-openapi", epilog=OPENAPI_EXAMPLE)
def check_openapi_command(
    pacts: Annotated[Path, typer.Argument(help="A pact file or a folder of them.")],
    document: Annotated[Path, typer.Argument(help="The provider's OpenAPI document (3.0 or 3.1), JSON or YAML.")],
    provider: Annotated[str | None, typer.Option(help="Only contracts with this provider.")] = None,
    as_json: AsJson = False,
) -> int:
    """Compare contracts with an OpenAPI document. Which interactions it cannot satisfy; deprecated parts are named.

    Exit code 1 where there is one.
    """
    openapi = OpenApi.read(document)
    contracts = PactFiles(pacts).contracts_for(provider) if provider else PactFiles(pacts).all_contracts()
    conflicts = [conflict for contract in contracts for conflict in check_openapi(contract, openapi)]
    breaking = [conflict for conflict in conflicts if conflict.severity == "breaks"]
    if as_json:
        print_json({"satisfied": not breaking, "conflicts": [conflict.to_json() for conflict in conflicts]})
        return 1 if breaking else 0
    for conflict in conflicts:
        print(f"{'✗' if conflict.severity == 'breaks' else '○'} {conflict}")
    interactions = sum(len(contract.interactions) for contract in contracts)
    print(f"{interactions} interactions of {len(contracts)} contracts; {len(breaking)} places break, "
          f"{len(conflicts) - len(breaking)} deprecated parts are in use")  # fmt: skip
    return 1 if breaking else 0


@group.command("check-schema", epilog=SCHEMA_EXAMPLE)
def check_schema(
    old: Annotated[Path, typer.Argument(help="The event schema as it was: JSON Schema, AsyncAPI or Avro.")],
    new: Annotated[Path, typer.Argument(help="The event schema as it is.")],
    pacts: Annotated[Path | None, typer.Option(help="Contracts with messages, to say who reads a field.")] = None,
    as_json: AsJson = False,
) -> int:
    """Compare two versions of an event's schema. Whether old and new readers read each other's data.

    Exit code 1 where old readers cannot read new data.
    """
    contracts = PactFiles(pacts).all_contracts() if pacts else []
    evolution = compare_schemas(_read(old), _read(new), contracts)
    if as_json:
        obstacles = [obstacle.to_json() for obstacle in evolution.obstacles]
        print_json({"verdict": evolution.verdict, "obstacles": obstacles})
    else:
        for obstacle in evolution.obstacles:
            print(obstacle)
        print(MEANINGS[evolution.verdict])
    return 1 if evolution.verdict in ("backward", "breaking") else 0


@group.command("audit", epilog=AUDIT_EXAMPLE)
def audit_command(
    notes: Annotated[Path, typer.Argument(help="What was recorded between services: a file of notes or a folder.")],
    pacts: Annotated[Path | None, typer.Option(help="The pacts; the project's pact_directory by default.")] = None,
    drafts: Annotated[Path | None, typer.Option(help="Folder to write drafts of what is missing to.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="List what nothing exercised, too.")] = False,
    as_json: AsJson = False,
) -> int:
    """Hold recorded calls and messages against contracts. What no contract covers, and what nothing exercised.

    Exit code 1 where a call or message is not covered.
    """
    configuration = load_configuration(Path.cwd())
    terms = read_terms(configuration.contract_audit)
    if pacts is not None and not pacts.exists():
        raise UsageError(f"--pacts {pacts}: no such file or folder")
    result = run_audit(notes, pacts or Path(configuration.pact_directory), drafts=drafts, terms=terms)
    if not result.coverage.pairs and not result.coverage.lost:
        but = " that is not ignored" if terms.ignored else ""
        raise UsageError(
            f"{notes}: no call and no message in it{but}, so there is nothing to hold against contracts; "
            "was anything recorded? Notes are files *.jsonl"
        )
    if as_json:
        print_json(result.to_json())
    else:
        for line in result.render(verbose=verbose):
            print(coloured(line))
    return 0 if result.coverage.success else 1


@group.command("types", epilog=TYPES_EXAMPLE)
def types_command(
    document: Annotated[Path, typer.Argument(help="The OpenAPI document (3.0 or 3.1), JSON or YAML.")],
    out: Annotated[Path | None, typer.Option(help="File to write instead of printing; its folder must exist.")] = None,
) -> int:
    """Print Python types for an OpenAPI document. TypedDicts of all it declares, for the type checker."""
    text = types_of(OpenApi.read(document))
    if out is None:
        print(text, end="")
        return 0
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--out {out}: cannot be written: {error.strerror}") from None
    print(f"written: {out}")
    return 0


MEANINGS = {
    "compatible": "compatible: old and new readers read old and new data",
    "backward": "backward: new readers read old data; old readers do not read new data",
    "forward": "forward: old readers read new data; new readers do not read old data",
    "breaking": "breaking: neither reads the other's data",
}


def _read(path: Path) -> Any:
    return read_yaml_file(path) if path.suffix in (".yaml", ".yml") else read_json_file(path)
