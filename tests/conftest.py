"""What all our own tests share: ``--soak``, for tests that take minutes; the level of folders that are not named so."""

from __future__ import annotations

import signal

import pytest
from hypothesis import settings

# A busy machine makes an example slow, never wrong.
settings.register_profile("accord", deadline=None)
settings.load_profile("accord")

_WITH_INTEGRATION = ("conformance", "typing")


def pytest_configure() -> None:
    # A run in the background of a shell inherits that Ctrl-C is ignored, and so would the programs that tests interrupt.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the tests marked 'soak' too: they take minutes")


@pytest.hookimpl(trylast=True)  # after the shuffle
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.relative_to(config.rootpath).parts[1:2] in [(name,) for name in _WITH_INTEGRATION]:
            item.add_marker(pytest.mark.integration)
    items.sort(key=lambda item: item.path.relative_to(config.rootpath).parts[1:2] != ("e2e",))  # nobody waits for them
    if config.getoption("--soak"):
        return
    skip = pytest.mark.skip(reason="takes minutes; `make soak` runs it (pytest -m soak --soak)")
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(skip)
