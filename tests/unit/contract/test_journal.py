from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from accord.contract import journal
from accord.contract.journal import Entry, assemble, identity, read_folder, record, take_from_memory
from accord.core.errors import AccordError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


def entry(path: Path, description: str = "a", *, test: str | None = "t", version: str = "4.0", **more: Any) -> Entry:
    interaction = {"type": "Synchronous/HTTP", "description": description, "request": {}, "response": {}, **more}
    return Entry(str(path), "web", "orders", version, interaction, "interactions", test)


def descriptions(path: Path) -> list[str]:
    return [each["description"] for each in json.loads(path.read_text(encoding="utf-8"))["interactions"]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "web-orders.json"


def test_entries_are_merged_into_what_is_there_in_the_order_of_their_names(file: Path) -> None:
    assemble([entry(file, "c"), entry(file, "a")])
    assert assemble([entry(file, "b"), entry(file, "a", response={"status": 404})]) == [file]
    assert descriptions(file) == ["a", "b", "c"]
    assert json.loads(file.read_text())["interactions"][0]["response"] == {"status": 404}


def test_the_order_of_entries_does_not_show_in_the_file(file: Path) -> None:
    entries = [entry(file, name) for name in "abc"]
    assemble(entries)
    first = file.read_bytes()
    file.unlink()
    assemble(entries[::-1])
    assert file.read_bytes() == first


def test_what_is_gone_is_dropped_and_only_asked_for_what_is_not_new(file: Path) -> None:
    assemble([entry(file, name) for name in "abc"])
    asked = []

    def gone(path: str, key: str) -> bool:
        asked.append((path, json.loads(key)[0]))
        return json.loads(key)[0] == "b"

    assemble([entry(file, "a")], gone=gone)
    assert descriptions(file) == ["a", "c"]
    assert asked == [(str(file), "b"), (str(file), "c")]


def test_one_interaction_defined_twice_differently_is_refused_and_nothing_written(file: Path) -> None:
    entries = [entry(file, test="test_1"), entry(file, test="test_2", response={"status": 500})]
    with pytest.raises(UsageError, match=r"'a' is defined twice, differently \(test_1 and test_2\)") as caught:
        assemble(entries)
    assert str(file) in str(caught.value)
    assert not file.exists()


def test_one_interaction_proved_twice_alike_is_one(file: Path) -> None:
    assemble([entry(file, test="test_1"), entry(file, test="test_2")])
    assert descriptions(file) == ["a"]


def test_the_same_description_under_another_state_is_another_interaction() -> None:
    plain = {"description": "a"}
    assert identity(plain) != identity({**plain, "providerStates": [{"name": "s"}]})
    assert identity(plain) != identity({**plain, "type": "Asynchronous/Messages"})
    assert identity(plain) == identity({**plain, "providerStates": []})


def test_what_is_there_is_rewritten_when_another_version_is_asked_for(file: Path) -> None:
    assemble(
        [
            replace(
                entry(file, "a", version="2.0.0"),
                interaction={
                    "description": "a",
                    "request": {"method": "GET", "path": "/"},
                    "response": {"status": 200},
                },
            )
        ]
    )
    assemble([entry(file, "b")])
    document = json.loads(file.read_text())
    assert document["metadata"]["pactSpecification"] == {"version": "4.0"}
    assert [each["type"] for each in document["interactions"]] == ["Synchronous/HTTP"] * 2


def test_a_pact_of_others_is_not_overwritten(file: Path) -> None:
    assemble([entry(file)])
    with pytest.raises(UsageError, match="holds the pact between web and orders, not between other and orders"):
        assemble([replace(entry(file), consumer="other")])


def test_a_file_that_is_no_pact_is_not_overwritten(file: Path) -> None:
    file.write_text("{")
    with pytest.raises(AccordError, match="is it truncated"):
        assemble([entry(file)])
    assert file.read_text() == "{"


def test_messages_and_interactions_do_not_mix_before_v4(file: Path) -> None:
    message = replace(entry(file, "m", version="3.0.0"), section="messages")
    with pytest.raises(UsageError, match="either HTTP interactions or messages, not both"):
        assemble([entry(file, "a", version="3.0.0"), message])


def test_the_journal_of_a_run_survives_what_ends_lines_elsewhere_and_a_line_cut_off(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(journal.FOLDER_VARIABLE, str(tmp_path / "journal"))
    entries = [entry(file, text) for text in ("a\u2028b\x85c", "\ud800", "ä\nb")]
    record(entries)
    (log,) = (tmp_path / "journal").iterdir()
    with log.open("ab") as stream:
        stream.write(b'{"path": "\xc3')
    assert read_folder(tmp_path / "journal") == entries


def test_without_a_runner_the_journal_is_in_memory(file: Path, own_journal: list[Entry]) -> None:
    own_journal.append(entry(file, "z"))
    record([entry(file), entry(file.with_name("other.json"))])
    assert [each.path for each in take_from_memory(str(file))] == [str(file)] * 2
    assert [each.path for each in own_journal] == [str(file.with_name("other.json"))]


def test_writers_in_many_threads_lose_nothing(file: Path) -> None:
    names = [f"{number:02}" for number in range(16)]
    threads = [threading.Thread(target=assemble, args=([entry(file, name)],)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert descriptions(file) == names


def test_a_conflict_is_told_where_the_second_definition_is_proved(file: Path, own_journal: list[Entry]) -> None:
    record([entry(file, "a", test=None)])
    record([entry(file, "a", test=None), entry(file, "b", test=None)])
    with pytest.raises(UsageError, match=r"'a' is defined twice, differently \(this process\). Give one of them"):
        record([entry(file, "a", test=None, response={"status": 404})])
    assert len(own_journal) == 3
    take_from_memory(str(file))
    record([entry(file, "a", test=None, response={"status": 404})])  # what was written may be written anew
