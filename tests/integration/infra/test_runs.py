"""A sweep removes what killed runs have left, and never anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.infra import directories, runs


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Runs of this test's own, and a project that the test is in."""
    monkeypatch.setattr(directories, "runs_directory", lambda: tmp_path / "runs")
    monkeypatch.setattr(directories, "MEMORY", tmp_path / "memory")
    for name in ("runs", "memory", "project"):
        (tmp_path / name).mkdir()
    (tmp_path / "project" / "orders.py").write_text("mine", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "runs"


@pytest.mark.parametrize("named", ["", ".", "/", "..", "/dev/sh", "../project"])
def test_what_a_killed_run_wrote_of_its_data_in_part_leads_nowhere(base: Path, named: str) -> None:
    run = base / "pg-1"
    run.mkdir()
    (run / "lock").touch()
    (run / "data-at").write_text(named.replace("../project", str(base.parent / "project")), encoding="utf-8")
    assert runs.sweep() == [run]
    assert not run.exists()
    assert (base.parent / "project" / "orders.py").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("storage", ["disk", "memory"])
def test_the_data_of_a_killed_run_are_removed(base: Path, storage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directories, "SMALLEST_MEMORY", 0)
    run, lock = runs.create("pg", storage=storage, user=None)  # type: ignore[arg-type]  # one of its words
    (run.data / "base").mkdir()
    runs.os.close(lock)  # as the end of its holder does
    assert run.path in runs.sweep()
    assert not run.data.exists()
    assert not run.path.exists()


def test_an_interrupt_while_a_run_is_made_leaves_nothing(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(path: Path, *given: object, **named: object) -> int:
        path.touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_text", interrupted)
    with pytest.raises(KeyboardInterrupt):
        runs.create("pg", storage="disk", user=None)
    assert [each.name for each in base.iterdir()] == ["runs.lock"]
