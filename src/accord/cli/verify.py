"""``accord verify``: replay the contracts of a folder against a provider."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accord.cli import verify_hub
from accord.cli.hub_access import HubUrl, hub_or_folder, project_access, version_of
from accord.cli.output import coloured, print_json
from accord.cli.versions import version_or_commit
from accord.contract.junit import render_junit
from accord.contract.ports import NoContractsError, PactFiles
from accord.contract.provider import Verifier
from accord.contract.report import render_contract_line, render_interaction, render_templates, summary_line
from accord.contract.verification import (
    ContractStarted,
    InteractionFinished,
    VerificationFinished,
    VerificationResult,
)
from accord.contract.writing import replace_file
from accord.core.apps import load_app
from accord.core.errors import AppImportError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from accord.contract.verification import Event
    from accord.core.http.messages import HttpRequest
    from accord.hub.client.pacts import HubPacts

EXAMPLE = """Example:

    accord verify OrderService --app shop.orders.main:create_app --states states --pacts contracts/
    accord verify OrderService --app shop.orders.main:create_app --states states --hub https://hub.example.org
    accord verify Quotes --grpc 127.0.0.1:50051 --states states.py --pacts pacts/
"""
_LAST_PORT = 65535


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify", epilog=EXAMPLE)(verify)


def verify(
    provider: Annotated[
        str | None, typer.Argument(help="The provider, as the contracts name it; may be left out where there is one.")
    ] = None,
    pacts: Annotated[list[Path] | None, typer.Option(help="A pact file or a folder of them; may be repeated.")] = None,
    app: Annotated[str | None, typer.Option(help="The application in process: module:app or module:factory.")] = None,
    provider_url: Annotated[str | None, typer.Option(help="The URL of a provider that runs.")] = None,
    grpc: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="The address of a gRPC server that runs, beside or without.")
    ] = None,
    states: Annotated[
        str | None,
        typer.Option(help="A file or module with STATES = {state: function} and MESSAGES = {message: producer}."),
    ] = None,
    app_dir: Annotated[Path, typer.Option(help="Where to look for these modules.")] = Path(),
    provider_version: Annotated[
        str | None,
        typer.Option(
            "--provider-version",
            "--version",
            help="The provider's version; GIT_COMMIT or the commit at hand by default.",
        ),
    ] = None,
    state_url: Annotated[
        str | None, typer.Option(help="A URL of the provider that brings about states without a handler.")
    ] = None,
    ignore_missing_states: Annotated[
        bool, typer.Option("--ignore-missing-states", help="Only warn where nothing brings a state about.")
    ] = False,
    header: Annotated[
        list[str] | None,
        typer.Option(help="A header for every request: 'Authorization: Bearer …'; repeatable."),
    ] = None,
    consumer: Annotated[str | None, typer.Option(help="Only this consumer's contract.")] = None,
    description: Annotated[str | None, typer.Option(help="Only what fits this regular expression.")] = None,
    state: Annotated[
        str | None, typer.Option(help="Only with a state that fits this regular expression; '' for those without.")
    ] = None,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop at the first failure.")] = False,
    together: Annotated[int, typer.Option(help="Interactions without states under way at once.", min=1)] = 1,
    time_limit: Annotated[float, typer.Option(help="Seconds that one request may take.", min=0.001)] = 30.0,
    junit: Annotated[Path | None, typer.Option(help="Write the result as JUnit XML to this file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    templates: Annotated[
        bool, typer.Option("--templates", help="Only print the functions to write for what has no handler yet.")
    ] = False,
    record: Annotated[bool, typer.Option(help="Keep the result beside the pacts, for can-i-deploy.")] = True,
    hub: HubUrl = None,
    consumer_version_selectors: verify_hub.Selectors = None,
    branch: verify_hub.Branch = None,
    main_branch: verify_hub.MainBranch = False,
    deployed: verify_hub.Deployed = False,
    enable_pending: verify_hub.Pending = False,
    include_wip_pacts_since: verify_hub.Wip = None,
    provider_branch: verify_hub.ProviderBranch = None,
    provider_tag: verify_hub.ProviderTag = None,
    publish: verify_hub.Publish = None,
    pact_url: verify_hub.PactUrl = None,
    ignore_no_pacts_error: Annotated[
        bool, typer.Option("--ignore-no-pacts-error", help="Exit code 0 where there is nothing to verify yet.")
    ] = False,
) -> int:
    """Verify a provider against its contracts. Exit code 0: kept; 1: broken; 2: cannot tell.

    From the folder --pacts, or from a hub; results go to where the contracts came from.
    """
    options = verify_hub.HubOptions(
        consumer_version_selectors, branch, main_branch, deployed, enable_pending, include_wip_pacts_since,
        provider_branch, provider_tag, publish, pact_url,
    )  # fmt: skip
    hub, provider = _named(pact_url, hub, provider)
    source = _hub(hub, pacts, options)
    places = pacts or [Path("pacts")]
    version = version_or_commit(provider_version) if source is None else version_of(provider_version)
    name = provider or _only_provider(places if source is None else None)
    verifier = Verifier(name, version=version, time_limit=time_limit).pacts(*(places if source is None else [source]))
    verifier.only(consumer=consumer, description=description, state=state).together(together)
    if templates:
        _name_states(verifier, states, state_url, app_dir)
        print(verifier.templates() or "Every provider state has a handler, and every message a producer.")
        return 0
    _name_provider(verifier, app, provider_url, app_dir)
    if grpc is not None:
        verifier.grpc(_address(grpc))
    _name_states(verifier, states, state_url, app_dir)
    if ignore_missing_states:
        verifier.ignore_missing_states()
    for line in header or []:
        verifier.filter_requests(_adding(line))
    if fail_fast:
        verifier.fail_fast()
    if source is not None:
        verifier.record_to(source)
    elif record and version is not None:
        _record_beside(verifier, places)
    if not as_json:
        verifier.listen(_printing(source))
    nothing = VerificationResult(name, version, ()) if ignore_no_pacts_error else None
    return _report(_check(verifier, nothing), source, as_json=as_json, junit=junit)


def _named(pact_urls: list[str] | None, hub: str | None, provider: str | None) -> tuple[str | None, str | None]:
    """The hub and the provider, from a pact's URL where nothing else says them."""
    if not pact_urls:
        return hub, provider
    named, *_ = [verify_hub.named_in(url) for url in pact_urls]
    # A token is for the hub that was configured, whatever a webhook says.
    return hub or (None if project_access(None) else named.hub), provider or named.provider


def _check(verifier: Verifier, nothing: VerificationResult | None) -> VerificationResult:
    """Verify; where there is no contract and that is no error, this is the result."""
    try:
        return verifier.check()
    except NoContractsError as error:
        if nothing is None:
            raise
        print(f"nothing to verify: {error}", file=sys.stderr)
        return nothing


def _record_beside(verifier: Verifier, places: list[Path]) -> None:
    for folder in {place if place.is_dir() else place.parent for place in places}:
        verifier.record_to(folder)


def _hub(url: str | None, pacts: list[Path] | None, options: verify_hub.HubOptions) -> HubPacts | None:
    """The hub as a source, if one is meant."""
    access = hub_or_folder(url, pacts[0] if pacts else None)
    if access is not None:
        return verify_hub.hub_pacts(access, options)
    if options.given():
        raise UsageError(f"{options.given()[0]} needs a hub: --hub, or PACT_BROKER_BASE_URL")
    return None


def _report(result: VerificationResult, source: HubPacts | None, *, as_json: bool, junit: Path | None) -> int:
    if as_json:
        print_json(result.to_json())
    elif source is not None and result.contracts:
        verify_hub.print_after(source, result)
    if junit is not None:
        replace_file(junit, render_junit(result))
    return 0 if result.success else 1


def _name_provider(verifier: Verifier, app: str | None, url: str | None, folder: Path) -> None:
    if app is not None:
        verifier.app(load_app(app, app_dir=folder))
    if url is not None:
        verifier.url(url)


def _address(text: str) -> str:
    """An address given as ``HOST:PORT``; gRPC itself would take anything, and fail only when it is called."""
    host, _, port = text.rpartition(":")
    if not host or "/" in text or not port.isascii() or not port.isdigit() or not 0 < int(port) <= _LAST_PORT:
        raise UsageError(f"--grpc {text!r}: expected HOST:PORT such as 127.0.0.1:50051")
    return text


def _name_states(verifier: Verifier, module: str | None, url: str | None, folder: Path) -> None:
    if module is not None:
        verifier.states(_module(module, folder))
    if url is not None:
        verifier.state_url(url)


def _adding(line: str) -> Callable[[HttpRequest], HttpRequest]:
    """A filter that sets a header given as ``Name: value``."""
    name, colon, value = line.partition(":")
    if not colon or not name.strip():
        raise UsageError(f"--header {line!r}: expected 'Name: value'")
    return lambda request: request.with_header(name.strip(), value.strip())


def _printing(source: HubPacts | None) -> Callable[[Event], None]:
    """The live account: each interaction as it is done."""

    def print_event(event: Event) -> None:
        if isinstance(event, ContractStarted):
            print(render_contract_line(event.contract), flush=True)
            if source is not None:
                verify_hub.print_before(source, event.contract)
        elif isinstance(event, InteractionFinished):
            print(coloured(render_interaction(event.result)), flush=True)
        elif isinstance(event, VerificationFinished):
            _print_end(event.result)

    return print_event


def _print_end(result: VerificationResult) -> None:
    templates = render_templates(result)
    if templates:
        print(f"\n{templates}")
    print(f"\n{summary_line(result)}")


def _only_provider(places: list[Path] | None) -> str:
    if places is None:
        raise UsageError("which provider? Name it: accord verify PROVIDER --hub URL")
    providers = {contract.provider for place in places for contract in PactFiles(place).all_contracts()}
    if len(providers) == 1:
        return providers.pop()
    found = f"they name {', '.join(sorted(providers))}" if providers else "there are none"
    raise UsageError(f"which provider? Name it: accord verify PROVIDER. In the contracts given, {found}")


def _module(name: str, folder: Path) -> ModuleType:
    """A module by its name, or by its file."""
    sys.path.insert(0, str(folder.absolute()))
    try:
        return _from_file(Path(name)) if name.endswith(".py") else importlib.import_module(name)
    except FileNotFoundError as error:
        raise AppImportError(f"--states {name}: no such file") from error
    except ModuleNotFoundError as error:
        raise AppImportError(
            f"--states {name}: no module {error.name!r} below {folder.absolute()}; "
            "give a file such as tests/states.py, or a module's name and --app-dir where it is"
        ) from error
    except (Exception, SystemExit) as error:  # a script may exit when it is imported
        raise AppImportError(f"--states {name}: importing it raised {type(error).__name__}: {error}") from error


def _from_file(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module
