"""What is said about a compose file: what is not taken as it stands there, each with its service and key."""

from __future__ import annotations

from dataclasses import dataclass, field

from accord.core.errors import UsageError


@dataclass(frozen=True)
class Remark:
    """One line about one key.

    Attributes:
        service: the service's name; empty for the file itself.
        key: the key, such as ``ports`` or ``environment.POSTGRES_INITDB_ARGS``.
        text: what happens, and what to do about it.
    """

    service: str
    key: str
    text: str

    def __str__(self) -> str:
        return f"{self.service}: {self.key}: {self.text}" if self.service else f"{self.key}: {self.text}"


@dataclass
class Remarks:
    """Collects remarks; what would change the meaning is refused, unless its key is to be ignored.

    Attributes:
        ignored: keys to be ignored, each as ``KEY`` or ``SERVICE.KEY``.
    """

    ignored: frozenset[str] = frozenset()
    notes: list[Remark] = field(default_factory=list)
    refusals: list[Remark] = field(default_factory=list)
    asked_about: set[str] = field(default_factory=set)

    def note(self, service: str, key: str, text: str) -> None:
        """Something is different here, and nothing depends on it."""
        self.notes.append(Remark(service, key, text))

    def refuse(self, service: str, key: str, text: str) -> None:
        """Something cannot be had here, and the file means it."""
        first = key.partition(".")[0]
        names = {name for each in (key, first) for name in (each, f"{service}.{each}" if service else each)}
        self.asked_about |= names
        if names & self.ignored:
            self.notes.append(Remark(service, key, "ignored, as asked"))
        else:
            self.refusals.append(Remark(service, key, text))

    def raise_refusals(self, source: str) -> None:
        """End here if anything is refused.

        Raises:
            UsageError: with a line for each.
        """
        if not self.refusals:
            return
        lines = "\n".join(f"  {each}" for each in self.refusals)
        example = f"{self.refusals[0].service}.{self.refusals[0].key}".removeprefix(".")
        raise UsageError(
            f"{source} asks for what servers without containers do not have:\n{lines}\n"
            f"Change the file, or go without it: --ignore {example}"
        )
