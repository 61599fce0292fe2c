"""Where the pact files are, and how every service verifies the ones it must keep."""

import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from accord.contract.results_folder import ResultsFolder

CONTRACTS = Path(__file__).parents[3] / "contracts"

State = Callable[[], Awaitable[None]]


def verification(verifier: Any, provider: str, app: FastAPI, states: Mapping[str, State]) -> Any:
    """A verification of the provider against all pact files, ready to run.

    Its result is kept beside the pacts when `GIT_COMMIT` names the version that is verified, as a pipeline does.
    """
    version = os.environ.get("GIT_COMMIT")
    prepared = verifier(provider, version=version).app(app).pacts(CONTRACTS)
    for name, handler in states.items():
        prepared.state(name, handler)
    return prepared.record_to(ResultsFolder(CONTRACTS)) if version else prepared
