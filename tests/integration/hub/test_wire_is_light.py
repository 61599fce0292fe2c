"""What clients load of the hub is plain Python."""

from __future__ import annotations

import subprocess
import sys


def test_the_wire_loads_no_framework() -> None:
    program = (
        "import accord.hub.wire.addresses, accord.hub.wire.selectors, accord.hub.wire.decisions, sys;"
        "print([m for m in ('fastapi','starlette','sqlalchemy','uvicorn','httpx','pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_the_client_loads_no_server() -> None:
    program = (
        "import accord.hub.client.pacts, accord.hub.client.deciding, accord.hub.client.publishing, sys;"
        "import accord.hub.client.participants, accord.hub.client.webhooks, accord.hub.client.evidence;"
        "print([m for m in ('fastapi','starlette','sqlalchemy','uvicorn','alembic','pydantic','typer')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
