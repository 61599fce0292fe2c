"""One audit from files to files: notes and pacts in, the result and drafts out."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, get_args

from accord.contract.coverage.auditing import Terms, audit
from accord.contract.coverage.drafts import draft_contracts
from accord.contract.coverage.findings import Coverage, as_json
from accord.contract.coverage.losses import read_losses
from accord.contract.coverage.note_reading import read_notes
from accord.contract.coverage.report import render
from accord.contract.coverage.shapes import Literals
from accord.contract.participant_names import check_names
from accord.contract.ports import PactFiles
from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from accord.contract.coverage.findings import FindingGroup
    from accord.contract.coverage.losses import LostNotes
    from accord.contract.model import Contract


@dataclass(frozen=True, slots=True)
class AuditRun:
    """A result, with where its drafts were written.

    Attributes:
        coverage: the result.
        drafts: the file of each pair that has one.
    """

    coverage: Coverage
    drafts: Mapping[tuple[str, str], Path]

    def render(self, *, verbose: bool = False) -> list[str]:
        """The lines of a report, with drafts as paths."""
        return render(self.coverage, self._draft_of, verbose=verbose)

    def to_json(self) -> dict[str, object]:
        """The result for programs."""
        drafts = [
            {"consumer": consumer, "provider": provider, "file": str(path)}
            for (consumer, provider), path in self.drafts.items()
        ]
        return {**as_json(self.coverage), "drafts": drafts}

    def _draft_of(self, group: FindingGroup) -> str | None:
        path = self.drafts.get((group.consumer, group.provider))
        return str(path) if path is not None and group.is_draftable else None


def run_audit(
    notes: Path,
    pacts: Path,
    *,
    drafts: Path | None = None,
    terms: Terms | None = None,
    lost: Sequence[LostNotes] = (),
) -> AuditRun:
    """Hold what was noted against the pacts of a folder.

    Args:
        notes: a file or a folder of notes.
        pacts: a pact file or a folder; one that is not there has no contract.
        drafts: the folder that drafts of what is missing are written to, a file for each pair.
        terms: how to compare.
        lost: what could not be noted, beyond what is told beside the notes.

    Raises:
        DocumentError: notes or pacts cannot be read, or a draft cannot be written.
        UsageError: a participant has a name that no file can have.
    """
    contracts = PactFiles(pacts).all_contracts() if pacts.exists() else []
    seen = read_notes(notes) if notes.exists() or not lost else ()
    coverage = replace(audit(seen, contracts, terms), lost=(*lost, *read_losses(notes)))
    written = _write(draft_contracts(coverage), drafts) if drafts is not None and coverage.findings else {}
    return AuditRun(coverage, written)


def read_terms(settings: Mapping[str, Any]) -> Terms:
    """The table ``contract_audit`` of a project's configuration.

    Raises:
        UsageError: an unknown key or a wrong value.
    """
    known = [each.name for each in fields(Terms)]
    for key, value in settings.items():
        if key not in known:
            raise UsageError(f"contract_audit: unknown key {key!r}; known: {', '.join(known)}")
        if key == "literals":
            if value not in get_args(Literals):
                raise UsageError(f"contract_audit: literals must be 'type' or 'value', seen {value!r}")
        elif not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise UsageError(f"contract_audit: {key} must be a list of texts, seen {value!r}")
    for each in settings.get("ignored", ()):
        if not each.partition(" ")[2].startswith("/"):
            raise UsageError(f"contract_audit: ignored: expected an operation such as 'GET /metrics', seen {each!r}")
    paths, ignored = tuple(settings.get("paths", ())), tuple(settings.get("ignored", ()))
    return Terms(paths, settings.get("literals", "type"), ignored)


def _write(contracts: list[Contract], folder: Path) -> dict[tuple[str, str], Path]:
    written = {}
    for contract in contracts:
        check_names(contract.consumer, contract.provider)  # notes may come from anywhere
        path = folder / f"{contract.consumer}-{contract.provider}.json"
        contract.write(path)
        written[contract.consumer, contract.provider] = path
    return written
