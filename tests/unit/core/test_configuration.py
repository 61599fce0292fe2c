from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accord.core.configuration import Configuration, describe_keys, load_configuration
from accord.core.errors import DocumentError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_without_any_file_the_defaults_count(tmp_path: Path) -> None:
    assert load_configuration(tmp_path, {}) == Configuration(pact_directory="pacts")


@pytest.mark.parametrize(
    ("name", "text"),
    [("pyproject.toml", "[tool.accord]\npact_directory = 'a'"), ("accord.toml", "pact_directory = 'a'")],
)
def test_either_file_configures(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert load_configuration(tmp_path, {}).pact_directory == "a"


def test_the_environment_counts_more_than_the_file(tmp_path: Path) -> None:
    (tmp_path / "accord.toml").write_text("pact_directory = 'a'")
    assert load_configuration(tmp_path, {"ACCORD_PACT_DIRECTORY": "b"}).pact_directory == "b"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("accord.toml", "pact_dir = 'a'", "unknown key 'pact_dir'; did you mean 'pact_directory'?"),
        ("accord.toml", "zzz = 1", "unknown key 'zzz'; known: pact_directory"),
        ("accord.toml", "pact_directory = 5", "pact_directory must be a text, seen 5"),
        ("pyproject.toml", "[tool]\naccord = 5", "[tool.accord] must be a table, seen 5"),
        ("pyproject.toml", "[tool.accord]\nx = 1", "[tool.accord]: unknown key 'x'"),
    ],
)
def test_a_wrong_key_names_the_file_and_what_was_meant(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError) as caught:
        load_configuration(tmp_path, {})
    assert str(tmp_path / name) in str(caught.value)
    assert message in str(caught.value)


def test_two_places_at_once_are_refused(tmp_path: Path) -> None:
    (tmp_path / "accord.toml").write_text("")
    (tmp_path / "pyproject.toml").write_text("[tool.accord]\npact_directory = 'a'")
    with pytest.raises(UsageError, match="keep one of them"):
        load_configuration(tmp_path, {})


@pytest.mark.parametrize("data", [b"= 1", b"\xff"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "accord.toml").write_bytes(data)
    with pytest.raises(DocumentError, match=r"accord\.toml: is not valid TOML"):
        load_configuration(tmp_path, {})


def test_every_key_is_in_the_table_of_the_documentation() -> None:
    assert "| `pact_directory` | `ACCORD_PACT_DIRECTORY` | `pacts` |" in describe_keys()
