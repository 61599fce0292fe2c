"""Verification results and deployments kept as files beside the pacts: what a team has before it runs a hub.

pacts/OrderService-PaymentService.json
pacts/results/PaymentService.json       what PaymentService verified, by version
pacts/results/deployments.json          which version runs where, with the contracts it had then
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from accord.contract.deployability import Matrix, MatrixRow
from accord.contract.journal import locked
from accord.contract.ports import PactFiles, ResultSink
from accord.contract.report import MISMATCHES_SHOWN
from accord.contract.writing import contract_to_json, replace_file
from accord.core.documents import json_bytes, read_json_file
from accord.core.errors import DocumentError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accord.contract.model import Contract
    from accord.contract.verification import ContractResult, VerificationResult

KEPT_VERSIONS = 100
"""How many results of one consumer's contract a provider's file keeps; the oldest go."""


def content_id(contract: Contract) -> str:
    """What a contract says, as one hash: two files with the same interactions have the same, in whatever order."""
    document = contract_to_json(contract)
    interactions = [
        json.dumps(item, sort_keys=True)
        for section in ("interactions", "messages")
        for item in document.get(section, [])
    ]
    return hashlib.sha256("\n".join(sorted(interactions)).encode()).hexdigest()


class ResultsFolder(ResultSink, Matrix):
    """The results beside the pacts of one folder.

    Args:
        pacts: the folder with the pacts.
    """

    def __init__(self, pacts: str | Path) -> None:
        self._pacts = PactFiles(pacts)
        self._folder = Path(pacts) / "results"

    def record(self, result: VerificationResult) -> None:
        """Keep a result by the provider's version; the same version verified again replaces it.

        Raises:
            UsageError: the result has no version.
            DocumentError: the folder cannot be written.
        """
        if result.version is None:
            raise UsageError("a result is kept by the provider's version: Verifier(name, version='…')")
        path = self._results_of(result.provider)
        new = [_record(each, result.version) for each in result.contracts]
        replaced = {_identity(record) for record in new}
        with locked(path):
            kept = [record for record in _list(path) if _identity(record) not in replaced]
            _write(path, _newest([*kept, *new]))

    def record_deployment(self, participant: str, version: str, environment: str) -> None:
        """Note that a version now runs in an environment, with the contracts that it has as a consumer.

        Raises:
            UsageError: no contract in the folder names the participant.
            DocumentError: the folder cannot be written.
        """
        contracts = self._contracts_of(participant)
        path = self._folder / "deployments.json"
        with locked(path):
            deployments = _object(path)
            deployments.setdefault(environment, {})[participant] = {
                "version": version,
                "contracts": {each.provider: content_id(each) for each in contracts if each.consumer == participant},
            }
            _write(path, deployments)

    def rows(self, participant: str, version: str, environment: str) -> Sequence[MatrixRow]:
        """See Matrix. Without any deployment recorded for the environment, every contract of the folder counts.

        Raises:
            UsageError: no contract in the folder names the participant.
        """
        contracts = self._contracts_of(participant)
        deployed = _object(self._folder / "deployments.json").get(environment)
        rows = []
        for contract in contracts:
            if contract.provider == participant:
                row = self._as_provider(contract, version, deployed)
            else:
                row = self._as_consumer(contract, version, environment, deployed)
            if row is not None:
                rows.append(row)
        return rows

    def notes(self, environment: str) -> Sequence[str]:
        """See Matrix."""
        if environment in _object(self._folder / "deployments.json"):
            return ()
        note = (
            f"nothing is recorded as deployed to {environment} (accord record-deployment does), "
            f"so every contract in {self._pacts.describe()} counts"
        )
        return (note,)

    def _as_provider(self, contract: Contract, version: str, deployed: Any) -> MatrixRow | None:
        consumer = (deployed or {}).get(contract.consumer)
        if deployed is not None and consumer is None:
            return None  # this consumer does not run there
        consumer_version = consumer["version"] if consumer else None
        wanted = consumer["contracts"].get(contract.provider) if consumer else content_id(contract)
        if wanted is None:
            return None  # the version that runs there has no contract with this provider
        record = self._find(contract.provider, contract.consumer, wanted, version)
        return _row(contract, consumer_version, version, record)

    def _as_consumer(self, contract: Contract, version: str, environment: str, deployed: Any) -> MatrixRow:
        provider = (deployed or {}).get(contract.provider)
        if deployed is not None and provider is None:
            detail = f"{contract.provider} is not deployed to {environment}; deploy it first"
            return MatrixRow(contract.consumer, version, contract.provider, None, "unknown", (detail,))
        provider_version = provider["version"] if provider else None
        record = self._find(contract.provider, contract.consumer, content_id(contract), provider_version)
        if record is not None:
            provider_version = record["providerVersion"]
        return _row(contract, version, provider_version, record)

    def _find(self, provider: str, consumer: str, contract: str, version: str | None) -> dict[str, Any] | None:
        """The newest result for that content, by that version of the provider or by any."""
        records: list[dict[str, Any]] = _list(self._results_of(provider))
        return next(
            (
                record
                for record in reversed(records)
                if (record["consumer"], record["contract"]) == (consumer, contract)
                and version in (None, record["providerVersion"])
            ),
            None,
        )

    def _results_of(self, provider: str) -> Path:
        # The name comes from a contract: it must not lead out of the folder, nor to the deployments.
        name = quote(provider, safe=" ()+,=@&'")
        return self._folder / f"{'%64eployments' if name == 'deployments' else name}.json"

    def _contracts_of(self, participant: str) -> list[Contract]:
        everything = self._pacts.all_contracts()
        found = [each for each in everything if participant in (each.consumer, each.provider)]
        if not found:
            known = sorted({name for each in everything for name in (each.consumer, each.provider)})
            raise UsageError(
                f"no contract in {self._pacts.describe()} names the participant {participant!r}; "
                f"known: {', '.join(known) or 'none'}"
            )
        return found


def _row(
    contract: Contract, consumer_version: str | None, provider_version: str | None, record: dict[str, Any] | None
) -> MatrixRow:
    outcome, details = "unknown", ("no verification is recorded; run accord verify for that version",)
    if record is not None:
        outcome = "success" if record["success"] else "failed"
        details = tuple(record["failures"])
    return MatrixRow(contract.consumer, consumer_version, contract.provider, provider_version, outcome, details)  # type: ignore[arg-type]  # one of the three


def _record(result: ContractResult, version: str) -> dict[str, Any]:
    return {
        "consumer": result.contract.consumer,
        "providerVersion": version,
        "contract": content_id(result.contract),
        "success": result.success,
        "interactions": len(result.interactions),
        "verifiedAt": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "failures": [
            f"{each.interaction.title}: {'; '.join(reason.splitlines())}"
            for each in result.interactions
            if each.status == "failed"
            for reason in (*map(str, each.mismatches[:MISMATCHES_SHOWN]), *([each.problem] if each.problem else []))
        ],
    }


def _identity(record: dict[str, Any]) -> tuple[str, str, str]:
    return record["consumer"], record["contract"], record["providerVersion"]


def _newest(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_consumer: dict[str, int] = {}
    kept = []
    for record in reversed(records):
        by_consumer[record["consumer"]] = by_consumer.get(record["consumer"], 0) + 1
        if by_consumer[record["consumer"]] <= KEPT_VERSIONS:
            kept.append(record)
    return kept[::-1]


def _list(path: Path) -> list[dict[str, Any]]:
    return _read(path, list, [])  # type: ignore[no-any-return]  # checked there


def _object(path: Path) -> dict[str, Any]:
    return _read(path, dict, {})  # type: ignore[no-any-return]  # checked there


def _read(path: Path, kind: type, nothing: Any) -> Any:
    if not path.exists():
        return nothing
    document = read_json_file(path)
    if not isinstance(document, kind):
        raise DocumentError("is not what accord wrote there; delete it and verify again", source=str(path))
    return document


def _write(path: Path, document: Any) -> None:
    replace_file(path, json_bytes(document, indent=2) + b"\n")
