"""Which program is taken, where there are several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accord.core.errors import ResourceError, ResourceMissingError
from accord.infra import programs
from accord.infra.programs import Place, Program
from accord.infra.versions import OtherVersionWarning

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCORD_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("ACCORD_THING_BIN", raising=False)


def install(folder: Path, versions: Sequence[str]) -> list[Place]:
    places = []
    for version in versions:
        path = folder / f"thing-{version}"
        path.write_text(f"#!/bin/sh\necho thing {version}\n")
        path.chmod(0o755)
        places.append(Place(f"place of {version}", path))
    return places


def find(places: Sequence[Place], *, asked: str | None = None, strict: bool = False) -> Program:
    return programs.find(
        "Thing", places, ask=lambda path: programs.version_of(path, ["--version"], r"thing (\S+)"), chosen=None,
        variable="ACCORD_THING_BIN", hint="Install it", asked=asked, strict=strict,
    )  # fmt: skip


def test_the_first_place_counts_where_no_version_is_asked_for(tmp_path: Path) -> None:
    found = find([Place("nowhere", None), *install(tmp_path, ["2.1", "3.0"])])
    assert (found.version, found.origin) == ("2.1", "place of 2.1")


def test_the_version_asked_for_is_looked_for_in_every_place(tmp_path: Path) -> None:
    assert find(install(tmp_path, ["2.1", "3.0"]), asked="3").version == "3.0"


def test_else_the_nearest_newer_one_is_taken_and_named(tmp_path: Path) -> None:
    places = install(tmp_path, ["5.0", "3.1", "1.0"])
    with pytest.warns(OtherVersionWarning, match=r"Thing 2 was asked for and is not here: the tests run on Thing 3\.1"):
        assert find(places, asked="2").version == "3.1"
    with pytest.raises(ResourceMissingError, match=r"here is Thing 3\.1; strict is set"):
        find(places, asked="2", strict=True)
    with pytest.raises(ResourceMissingError, match=r"here is Thing 5\.0; an older one"):
        find(places, asked="6")


def test_a_program_named_in_the_environment_goes_before_all_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = install(tmp_path, ["2.1", "3.0"])
    monkeypatch.setenv("ACCORD_THING_BIN", str(tmp_path / "thing-3.0"))
    assert find(places).origin == "from ACCORD_THING_BIN"
    monkeypatch.setenv("ACCORD_THING_BIN", str(tmp_path))
    with pytest.raises(ResourceMissingError, match=r"no Thing program at .* \(from ACCORD_THING_BIN\)"):
        find(places)


def test_where_there_is_none_the_places_are_named() -> None:
    with pytest.raises(ResourceMissingError, match=r"Looked in here, there\. Install it, or name .* ACCORD_THING_BIN"):
        find([Place("here", None), Place("there", None)])


def test_a_program_that_says_something_else_is_explained(tmp_path: Path) -> None:
    (tmp_path / "thing").write_text("#!/bin/sh\necho hello\n")
    (tmp_path / "thing").chmod(0o755)
    with pytest.raises(ResourceError, match=r"should name a version .* it says 'hello\\n'"):
        find([Place("here", tmp_path / "thing")])
