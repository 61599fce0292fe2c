from __future__ import annotations

import logging
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from accord.core.errors import ResourceError
from accord.infra import directories

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def short() -> Iterator[Path]:
    """pytest's own directories are too deep for a Unix socket."""
    folder = Path(tempfile.mkdtemp(prefix="a-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


def test_the_cache_is_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCORD_CACHE_DIR", str(tmp_path / "deep" / "cache"))
    assert directories.cache_directory() == tmp_path / "deep" / "cache"
    assert (tmp_path / "deep" / "cache").is_dir()


def test_a_chosen_cache_that_cannot_be_used_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("ACCORD_CACHE_DIR", str(tmp_path / "file" / "cache"))
    with pytest.raises(ResourceError, match=r"cannot be used: .*ACCORD_CACHE_DIR"):
        directories.cache_directory()


def test_the_usual_cache_follows_the_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACCORD_CACHE_DIR", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setattr("sys.platform", "linux")
    assert directories.cache_directory() == tmp_path / "xdg" / "accord"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert directories.cache_directory() == tmp_path / ".cache" / "accord"
    monkeypatch.setattr("sys.platform", "darwin")
    assert directories.cache_directory() == tmp_path / "Library" / "Caches" / "accord"


def test_a_usual_cache_that_cannot_be_used_is_replaced_and_said(
    tmp_path: Path, short: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.delenv("ACCORD_CACHE_DIR", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(short))
    with caplog.at_level(logging.WARNING):
        assert directories.cache_directory() == short / f"accord-{os.getuid()}" / "cache"
    assert "using a temporary one" in caplog.text


def test_the_runs_directory_is_the_users_alone(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(short))
    (short / f"accord-{os.getuid()}").mkdir(mode=0o777)
    directory = directories.runs_directory()
    assert directory == short / f"accord-{os.getuid()}"
    assert not stat.S_IMODE(directory.stat().st_mode) & 0o066


def test_a_temporary_directory_too_deep_for_sockets_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("x" * 100)))
    assert directories.runs_directory() == Path("/tmp", f"accord-{os.getuid()}")  # noqa: S108 - the subject


def test_a_runs_directory_that_somebody_else_made_is_not_trusted(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (short / "elsewhere").mkdir()
    (short / f"accord-{os.getuid()}").symlink_to(short / "elsewhere")
    assert directories._make_private(short / f"accord-{os.getuid()}") == (
        "somebody else made it; what lies in it cannot be trusted"
    )
    monkeypatch.setattr(directories, "_make_private", lambda directory: "no")
    with pytest.raises(ResourceError, match=r"there is no place for a run: .*Set TMPDIR"):
        directories.runs_directory()


def test_memory_that_is_small_or_missing_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(directories, "MEMORY", tmp_path)
    monkeypatch.setattr(directories, "SMALLEST_MEMORY", 0)
    assert directories.memory_directory() == tmp_path
    monkeypatch.setattr(directories, "SMALLEST_MEMORY", 1 << 62)
    with caplog.at_level(logging.INFO):
        assert directories.memory_directory() is None
    assert "using the disk" in caplog.text
    monkeypatch.setattr(directories, "MEMORY", tmp_path / "missing")
    assert directories.memory_directory() is None
