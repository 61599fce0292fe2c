"""What is asked: which versions of whom, where to."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote_plus

MERGE = "main branch"


@dataclass(frozen=True, slots=True)
class Subject:
    """A participant, and which of its versions.

    Attributes:
        participant: its name.
        version: a number, or None for the latest.
        tag: with no version: the latest with this tag.
        branch: with no version: the latest of this branch.
        main_branch: with no version: the latest of its main branch.
    """

    participant: str
    version: str | None = None
    tag: str | None = None
    branch: str | None = None
    main_branch: bool = False

    @property
    def words(self) -> str:
        """What, in words."""
        if self.version:
            return f"{self.participant} v{self.version}"
        which = f" of the branch {self.branch}" if self.branch else f" with the tag {self.tag}" if self.tag else ""
        which = " of its main branch" if self.main_branch else which
        return f"{self.participant} (its latest version{which})"

    def pairs(self) -> list[tuple[str, str]]:
        """As ``/matrix`` is asked."""
        pairs = [("q[][pacticipant]", self.participant)]
        if self.version:
            return [*pairs, ("q[][version]", self.version)]
        pairs.append(("q[][latest]", "true"))
        pairs += [("q[][branch]", self.branch)] if self.branch else []
        pairs += [("q[][tag]", self.tag)] if self.tag else []
        return [*pairs, *([("q[][mainBranch]", "true")] if self.main_branch else [])]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        participant: who is to be deployed.
        version: its number, or None for the latest.
        tag: with no version: the latest with this tag.
        branch: with no version: the latest of this branch.
        environment: where to.
        to_tag: the others' latest versions with this tag, in place of an environment.
        main_branches: whether it fits the others' main branches, in place of an environment.
        ignore: participants whose results do not count, each with the version that is meant, or None for all.
        main_branch: with no version: the latest of its main branch.
        beside: others that are asked about with it.
    """

    participant: str
    version: str | None = None
    tag: str | None = None
    branch: str | None = None
    environment: str | None = None
    to_tag: str | None = None
    main_branches: bool = False
    ignore: tuple[tuple[str, str | None], ...] = ()
    main_branch: bool = False
    beside: tuple[Subject, ...] = ()

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """All that are asked about."""
        return Subject(self.participant, self.version, self.tag, self.branch, self.main_branch), *self.beside

    @property
    def together(self) -> bool:
        """Whether those asked about have to fit each other, and nobody else."""
        return bool(self.beside) and not (self.environment or self.to_tag or self.main_branches)

    @property
    def target(self) -> str:
        """Where to, in words."""
        if self.environment:
            return self.environment
        if self.to_tag:
            return f"where the tag {self.to_tag} is"
        return f"the {MERGE} of the others" if self.main_branches else "where the others' latest versions are"

    @property
    def subject(self) -> str:
        """What, in words."""
        return " and ".join(each.words for each in self.subjects)

    def query(self) -> str:
        """As ``/matrix`` is asked."""
        pairs = [pair for each in self.subjects for pair in each.pairs()]
        for name, version in self.ignore:
            pairs.append(("ignore[][pacticipant]", name))
            pairs += [("ignore[][version]", version)] if version else []
        pairs.append(("latestby", "cvpv" if self.environment or self.beside else "cvp"))
        if self.environment:
            pairs.append(("environment", self.environment))
        elif not self.together:
            pairs.append(("latest", "true"))
            pairs += [("tag", self.to_tag)] if self.to_tag else []
            pairs += [("mainBranch", "true")] if self.main_branches else []
        return "&".join(f"{name}={quote_plus(value)}" for name, value in pairs)
