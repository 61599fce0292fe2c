"""Contract coverage: what services really say to each other, held against what their contracts say (see auditing).

The names load when they are used: services that only note what they see load none of the comparing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.core.lazy import lazy_names

if TYPE_CHECKING:
    from accord.contract.coverage.auditing import Terms, audit
    from accord.contract.coverage.drafts import draft_contracts
    from accord.contract.coverage.findings import Coverage, Finding, FindingGroup, Uncovered
    from accord.contract.coverage.losses import LostNotes
    from accord.contract.coverage.note_reading import read_notes
    from accord.contract.coverage.notes import NoteFile
    from accord.contract.coverage.observations import ObservedCall, ObservedMessage
    from accord.contract.coverage.running import AuditRun, read_terms, run_audit

__all__ = [
    "AuditRun",
    "Coverage",
    "Finding",
    "FindingGroup",
    "LostNotes",
    "NoteFile",
    "ObservedCall",
    "ObservedMessage",
    "Terms",
    "Uncovered",
    "audit",
    "draft_contracts",
    "read_notes",
    "read_terms",
    "run_audit",
]

_HOMES = {
    **dict.fromkeys(("Terms", "audit"), "auditing"),
    **dict.fromkeys(("Coverage", "Finding", "FindingGroup", "Uncovered"), "findings"),
    "LostNotes": "losses",
    "NoteFile": "notes",
    "read_notes": "note_reading",
    **dict.fromkeys(("ObservedCall", "ObservedMessage"), "observations"),
    **dict.fromkeys(("AuditRun", "read_terms", "run_audit"), "running"),
    "draft_contracts": "drafts",
}
__getattr__ = lazy_names(__name__, {name: f"{__name__}.{home}" for name, home in _HOMES.items()})


def __dir__() -> list[str]:
    return __all__
