"""The journal: interactions that tests proved, kept until they are assembled into pact files.

Without a test runner the journal is in memory and assembled by Pact.write() or at the end of the process. A test
runner's plugin sets ACCORD_JOURNAL to a folder: then every process of the run appends to a file of its own there, and
the runner assembles them all when it knows which tests passed.

What only assembling needs is imported there: every consumer's test pays for this module.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accord.contract.model import HttpInteraction
from accord.contract.spec import SpecVersion
from accord.contract.version_limits import refuse_for_file
from accord.contract.writing import (
    contract_to_json,
    interaction_to_json,
    refuse_what_would_change,
    replace_file,
    unwritable,
)
from accord.core.documents import json_bytes
from accord.core.errors import AccordError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from accord.contract.model import Interaction

FOLDER_VARIABLE = "ACCORD_JOURNAL"


@dataclass(frozen=True, slots=True)
class Entry:
    """One interaction that a test proved.

    Attributes:
        path: the pact file it belongs to, absolute.
        consumer: participant.
        provider: participant.
        version: specification version of the file.
        interaction: the interaction as it stands in such a file.
        section: ``interactions`` or ``messages``.
        test: the test's id, or None outside a test runner.
        plugins: what has to stand in the file's ``metadata.plugins`` for it.
    """

    path: str
    consumer: str
    provider: str
    version: str
    interaction: dict[str, Any]
    section: str
    test: str | None
    plugins: Sequence[Mapping[str, Any]] = ()

    @property
    def key(self) -> str:
        """What makes an interaction one of its own: its kind, its description and its provider states."""
        return identity(self.interaction)


def identity(interaction: dict[str, Any]) -> str:
    """See Entry.key."""
    states = interaction.get("providerStates", interaction.get("providerState"))
    parts = [interaction.get("description", ""), states or None, interaction.get("type")]
    return json.dumps(parts, sort_keys=True, ensure_ascii=False)


def entry_for(
    path: str,
    consumer: str,
    provider: str,
    version: SpecVersion,
    interaction: Interaction,
    *,
    plugins: Sequence[Mapping[str, Any]] = (),
) -> Entry:
    """The entry of an interaction.

    Raises:
        UsageError: the version cannot express it.
    """
    refuse_for_file(interaction, version)
    is_v3_message = version is not SpecVersion.V4 and not isinstance(interaction, HttpInteraction)
    return Entry(
        path,
        consumer,
        provider,
        version.value,
        interaction_to_json(interaction, version),
        "messages" if is_v3_message else "interactions",
        current_test(),
        plugins,
    )


_in_memory: list[Entry] = []
_defined: dict[tuple[str, str], Entry] = {}
"""The first of these by file and identity."""


def current_test() -> str | None:
    """The id of the test that runs, as pytest tells it."""
    running = os.environ.get("PYTEST_CURRENT_TEST")
    return running.rpartition(" (")[0] if running else None


def record(entries: Iterable[Entry]) -> None:
    """Add entries to the journal of this process."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder:
        lines = "".join(json.dumps(_to_json(entry), ensure_ascii=False) + "\n" for entry in entries)
        path = Path(folder, f"{os.getpid()}.jsonl")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(lines)
        return
    if not _in_memory:
        atexit.register(_assemble_at_exit)
        _defined.clear()
    for entry in entries:
        # A conflict is told here, where an exception still ends the program with an exit code, and not at its end.
        _refuse_other(_defined.setdefault((entry.path, entry.key), entry), entry)
        _in_memory.append(entry)


def take_from_memory(path: str) -> list[Entry]:
    """Remove and return what this process recorded for one pact file."""
    taken = [entry for entry in _in_memory if entry.path == path]
    for entry in taken:
        _defined.pop((path, entry.key), None)
    _in_memory[:] = [entry for entry in _in_memory if entry.path != path]
    return taken


def read_folder(folder: Path) -> list[Entry]:
    """All entries that the processes of a run recorded; a line cut off by a kill is left out."""
    entries = []
    for file in sorted(folder.glob("*.jsonl")):
        # Only "\n" ends an entry: a text may hold the other marks that splitlines() takes for ends of lines.
        for line in file.read_bytes().split(b"\n"):
            with contextlib.suppress(ValueError, TypeError):
                entries.append(Entry(**json.loads(line)))
    return entries


def assemble(entries: Iterable[Entry], *, gone: Callable[[str, str], bool] = lambda _path, _key: False) -> list[Path]:
    """Write entries into their pact files; what is there and not replaced stays.

    Args:
        entries: what to write.
        gone: called with the file and the key of an interaction that is in it and not among the entries: whether the
            test that made it is gone, and the interaction with it.

    Returns:
        The files written.

    Raises:
        UsageError: the same interaction was defined differently twice; nothing of that file is written.
    """
    by_path: dict[str, list[Entry]] = {}
    for entry in entries:
        by_path.setdefault(entry.path, []).append(entry)
    for path, group in by_path.items():
        _assemble_one(Path(path), group, gone)
    return [Path(path) for path in by_path]


def _assemble_one(path: Path, entries: list[Entry], gone: Callable[[str, str], bool]) -> None:
    new = _merged(entries)
    with locked(path):
        existing, plugins = _existing(path, entries[0])
        kept = {key: item for key, item in existing.items() if key not in new and not gone(str(path), key)}
        everything = {**kept, **{key: (entry.section, entry.interaction) for key, entry in new.items()}}
        # In the order of their names: which worker finished first must not show in a file under version control.
        ordered = [everything[key] for key in sorted(everything)]
        _write(path, entries[0], ordered, [*plugins, *(plugin for entry in entries for plugin in entry.plugins)])


def _merged(entries: list[Entry]) -> dict[str, Entry]:
    merged: dict[str, Entry] = {}
    for entry in entries:
        _refuse_other(merged.setdefault(entry.key, entry), entry)
    return merged


def _refuse_other(first: Entry, entry: Entry) -> None:
    if first.interaction != entry.interaction:
        tests = " and ".join(sorted({each.test or "this process" for each in (first, entry)}))
        raise UsageError(
            f"{entry.path}: the interaction {entry.interaction.get('description')!r} is defined twice, differently "
            f"({tests}). Give one of them another description or another provider state"
        )


def _existing(path: Path, entry: Entry) -> tuple[dict[str, tuple[str, dict[str, Any]]], list[dict[str, Any]]]:
    """The interactions of a file by their identity, each with its section, and the data of plugins."""
    if not path.exists():
        return {}, []
    from accord.contract.reading import contract_from_json  # noqa: PLC0415 - see the module's docstring
    from accord.core.documents import read_json_file  # noqa: PLC0415 - as above

    document = read_json_file(path)
    contract = contract_from_json(document, source=str(path))
    if (contract.consumer, contract.provider) != (entry.consumer, entry.provider):
        raise UsageError(
            f"{path} holds the pact between {contract.consumer} and {contract.provider}, not between "
            f"{entry.consumer} and {entry.provider}; use another directory"
        )
    if contract.version is not SpecVersion(entry.version):  # rewrite it in the version asked for now
        from dataclasses import replace  # noqa: PLC0415 - rare

        rewritten = replace(contract, version=SpecVersion(entry.version))
        refuse_what_would_change(rewritten)
        document = contract_to_json(rewritten)
    items = {
        identity(item): (section, item)
        for section in ("interactions", "messages")
        for item in document.get(section) or []
    }
    plugins = contract.metadata.get("plugins")
    return items, [each for each in plugins if isinstance(each, dict)] if isinstance(plugins, list) else []


def _write(path: Path, entry: Entry, items: list[tuple[str, dict[str, Any]]], plugins: list[Mapping[str, Any]]) -> None:
    sections: dict[str, list[dict[str, Any]]] = {}
    for section, item in items:
        sections.setdefault(section, []).append(item)
    if entry.version != SpecVersion.V4.value and len(sections) > 1:
        raise UsageError(
            f"{path}: a pact of version {entry.version} holds either HTTP interactions or messages, not both; "
            "use version='4.0'"
        )
    document: dict[str, Any] = {"consumer": {"name": entry.consumer}, "provider": {"name": entry.provider}, **sections}
    document["metadata"] = {"pactSpecification": {"version": entry.version}, "accord": {"version": _own_version()}}
    if plugins:
        from accord.contract.plugin_data import merged_plugins  # noqa: PLC0415 - few files hold any

        merged = merged_plugins(plugins, [item for _, item in items])
        document["metadata"] |= {"plugins": merged} if merged else {}
    replace_file(path, json_bytes(document, indent=2) + b"\n")


def _own_version() -> str:
    from importlib.metadata import version  # noqa: PLC0415 - not needed until a file is written

    return version("accord")


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other processes out while a pact file is read, merged and replaced."""
    import fcntl  # noqa: PLC0415 - not on every platform

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)  # the folder itself is the lock: no lock file is left behind
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _assemble_at_exit() -> None:
    # The interpreter keeps an exception that ended the program here: then its tests did not pass.
    if hasattr(sys, "last_value"):
        return
    try:
        assemble(_in_memory)
    except AccordError as error:  # it is too late for an exit code: nothing raised here would change it
        sys.stderr.write(
            f"error: {error}\nThe pact was not written, and this program's exit code does not say so: "
            "call pact.write() at its end\n"
        )


def _to_json(entry: Entry) -> dict[str, Any]:
    return {name: value for name in Entry.__slots__ if (value := getattr(entry, name)) != ()}
