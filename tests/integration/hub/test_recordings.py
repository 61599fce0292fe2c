"""Every recorded exchange of the real command line with the reference, against a fresh hub, in order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.behaviours.hub import running_hub
from tests.integration.hub.recordings import Replay

if TYPE_CHECKING:
    from accord.infra import Database
    from tests.behaviours.hub import HubProcess

GOLDEN = Path(__file__).parents[4] / "shared" / "pact" / "golden" / "rust-cli.jsonl"

pytestmark = pytest.mark.skipif(not GOLDEN.exists(), reason=f"the recordings are not at {GOLDEN}")


def replayed(hub: HubProcess) -> dict[str, list[str]]:
    """What was not answered as recorded, by exchange."""
    replay = Replay(GOLDEN, "http://127.0.0.1:9393")
    exchanges = replay.exchanges()
    assert len(exchanges) == 99
    problems = {}
    with httpx.Client(base_url=hub.url, timeout=30) as client:
        for number, exchange in enumerate(exchanges):
            found = replay.differences(exchange, replay.send(client, exchange), hub.url)
            if found:
                problems[f"{number} {exchange['label']}: {exchange['method']} {exchange['path']}"] = found
    return problems


def test_every_recorded_exchange_is_answered_as_recorded(tmp_path: Path) -> None:
    with running_hub(tmp_path) as hub:
        assert replayed(hub) == {}


def test_on_postgresql_too(tmp_path: Path, postgres: Database) -> None:
    with running_hub(tmp_path, database=postgres.url) as hub:
        assert replayed(hub) == {}
