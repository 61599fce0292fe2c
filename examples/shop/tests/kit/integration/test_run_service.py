import socket

import pytest
import uvicorn
from fastapi import FastAPI

from shop.kit import server


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ports that were served on; the real log stays as pytest has set it up."""
    ports: list[int] = []

    def run(_server: uvicorn.Server, sockets: list[socket.socket]) -> None:
        ports.append(sockets[0].getsockname()[1])

    monkeypatch.setattr(server, "configure_logging", lambda _name: None)
    monkeypatch.setattr(uvicorn.Server, "run", run)
    return ports


def test_serving_is_what_a_service_does_unless_told(served: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERS_PORT", "0")
    server.run_service("orders", 3001, FastAPI, pytest.fail, [])
    assert len(served) == 1


def test_migrating_serves_nothing(served: list[int]) -> None:
    migrated: list[str] = []
    server.run_service("orders", 3001, FastAPI, lambda: migrated.append("now"), ["migrate"])
    assert (migrated, served) == (["now"], [])


def test_an_unknown_command_is_refused(served: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        server.run_service("orders", 3001, FastAPI, pytest.fail, ["launch"])
    assert "python -m shop.orders" in capsys.readouterr().err
    assert served == []
