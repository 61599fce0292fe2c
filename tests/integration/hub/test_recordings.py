"""Every recorded exchange of the real command line with the reference, against a fresh hub, in order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.hub.recordings import Replay

if TYPE_CHECKING:
    import httpx

    from tests.behaviours.hub import HubProcess

GOLDEN = Path(__file__).parents[4] / "shared" / "pact" / "golden" / "rust-cli.jsonl"


@pytest.mark.skipif(not GOLDEN.exists(), reason=f"the recordings are not at {GOLDEN}")
def test_every_recorded_exchange_is_answered_as_recorded(hub: HubProcess, client: httpx.Client) -> None:
    replay = Replay(GOLDEN, "http://127.0.0.1:9393")
    exchanges = replay.exchanges()
    assert len(exchanges) == 99
    problems = {}
    for number, exchange in enumerate(exchanges):
        response = replay.send(client, exchange)
        found = replay.differences(exchange, response, hub.url)
        if found:
            problems[f"{number} {exchange['label']}: {exchange['method']} {exchange['path']}"] = found
    assert problems == {}
