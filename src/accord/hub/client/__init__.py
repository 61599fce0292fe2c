"""The client of a hub, and of any Pact Broker: contracts to verify, results, publications, questions, records.

What is asked and in which order is in generators without input or output (``conversation.py`` and the modules on top of
it); ``shells.py`` carries them out with httpx, in sync and in async code. Nothing here loads the server.

>>> with HubClient(Access("https://hub.example.org", token="…")) as client:
...     client.run(environments.all_environments)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accord.hub.client.access import Access
    from accord.hub.client.build import Build
    from accord.hub.client.pacts import HubPacts
    from accord.hub.client.shells import AsyncHubClient, HubClient

__all__ = ["Access", "AsyncHubClient", "Build", "HubClient", "HubPacts"]

_HOMES = {
    "Access": "accord.hub.client.access",
    "AsyncHubClient": "accord.hub.client.shells",
    "Build": "accord.hub.client.build",
    "HubClient": "accord.hub.client.shells",
    "HubPacts": "accord.hub.client.pacts",
}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        from importlib import import_module  # noqa: PLC0415 - httpx is loaded when something is asked

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'accord.hub.client' has no attribute {name!r}; it has {', '.join(__all__)}")
