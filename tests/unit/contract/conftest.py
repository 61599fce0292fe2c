from __future__ import annotations

import pytest

from accord.contract import journal


@pytest.fixture(autouse=True)
def own_journal(monkeypatch: pytest.MonkeyPatch) -> list[journal.Entry]:
    """What these tests prove is no pact of ours: it stays out of the journal of this run."""
    memory: list[journal.Entry] = []
    monkeypatch.delenv(journal.FOLDER_VARIABLE, raising=False)
    monkeypatch.setattr(journal, "_in_memory", memory)
    return memory
