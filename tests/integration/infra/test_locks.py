from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from accord.core.errors import ResourceError
from accord.infra.locks import locked, try_lock

if TYPE_CHECKING:
    from pathlib import Path


def test_a_lock_is_held_by_one_and_free_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locked(path, purpose="test"):
        assert try_lock(path) is None
    descriptor = try_lock(path)
    assert descriptor is not None
    os.close(descriptor)


def test_waiting_too_long_says_for_what_and_for_which_file(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with (
        locked(path, purpose="hold"),
        pytest.raises(ResourceError, match=r"waited 0\.01 s to build it, but another process holds .*lock"),
        locked(path, purpose="build it", timeout=0.01),
    ):
        pass


def test_a_lock_on_a_file_that_was_removed_meanwhile_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locked(path, purpose="hold and remove"):
        waiting = threading.Event()
        entered = []

        def enter() -> None:
            waiting.set()
            with locked(path, purpose="enter", timeout=10):
                entered.append(path.exists())

        thread = threading.Thread(target=enter)
        thread.start()
        waiting.wait()
        path.unlink()
    thread.join()
    assert entered == [True]


def test_a_lock_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match="Too many levels"):
        try_lock(tmp_path / "lock")
    assert not (tmp_path / "target").exists()
