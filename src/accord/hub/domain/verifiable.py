"""Why a pact is to be verified, in the reference's words: the provider's verifier prints them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accord.hub.domain.records import Pact
    from accord.hub.wire.selectors import VersionSelector

READ_PENDING = "Read more at https://docs.pact.io/go/pending"
READ_WIP = "Read more at https://docs.pact.io/go/wip"
BETA = (
    "WARNING - this version of the Pact library uses a beta version of the API which will be removed in the future. "
    "Please upgrade your Pact library. See https://docs.pact.io/pact_broker/advanced_topics/"
    "provider_verification_results/#pacts-for-verification for minimum required versions."
)


@dataclass(frozen=True, slots=True)
class Match:
    """A selector with a consumer version that it found.

    Attributes:
        main_branch: the consumer's main branch, where the selector is about it.
        environment: where the version was found, for selectors about environments.
        released: found as a release, not as a deployment.
        fell_back: the fallback's branch or tag was taken.
    """

    selector: VersionSelector
    version_id: int
    version: str
    main_branch: str | None = None
    environment: str | None = None
    released: bool = False
    fell_back: bool = False

    def metadata(self) -> dict[str, Any]:
        """What the pact's URL carries of it."""
        selector = self.selector
        values = {
            "b": selector.fallback_branch if self.fell_back and selector.branch else selector.branch,
            "t": selector.fallback_tag if self.fell_back and selector.tag else selector.tag,
            "l": selector.latest or None,
            "cv": self.version_id,
        }
        return {name: value for name, value in values.items() if value is not None}

    @property
    def short(self) -> str:
        """A few words; some clients name a test by them."""
        selector = self.selector
        if self.environment:
            return f"{'released in' if self.released else 'deployed to'} {self.environment}"
        if selector.main_branch:
            return "latest from main branch"
        if selector.tag and selector.latest:
            return f"latest with tag {selector.fallback_tag if self.fell_back else selector.tag}"
        if selector.branch:
            return f"latest from branch {selector.fallback_branch if self.fell_back else selector.branch}"
        if selector.tag:
            return f"one of {selector.consumer} {selector.tag}" if selector.consumer else f"one of {selector.tag}"
        return "latest"

    def described(self, provider: str) -> str:
        """A line that says which version this is; not for versions found in environments."""
        return f"{self._criterion(provider)} ({self.version})"

    def _criterion(self, provider: str) -> str:
        selector = self.selector
        version = f"version of {selector.consumer}" if selector.consumer else "version"
        if selector.main_branch:
            return f"latest {version} from the main branch '{self.main_branch}'"
        if selector.tag and selector.latest:
            if self.fell_back:
                return (
                    f"latest {version} tagged '{selector.fallback_tag}' "
                    f"(fallback tag used as no pact was found with tag '{selector.tag}')"
                )
            return f"latest {version} tagged '{selector.tag}'"
        if selector.branch:
            if self.fell_back:
                return (
                    f"latest {version} from branch '{selector.fallback_branch}' "
                    f"(fallback branch used as no pact was found from branch '{selector.branch}')"
                )
            return f"latest {version} from branch '{selector.branch}'"
        if selector.tag:
            return f"all {selector.consumer or 'consumer'} versions tagged '{selector.tag}'"
        return f"latest version of {selector.consumer or 'a consumer'} that has a pact with {provider}"


@dataclass(frozen=True, slots=True)
class VerifiablePact:
    """A pact to verify, with all that led to it.

    Attributes:
        pending: a failure of it does not fail the provider's build; None where nobody asked.
        wip: chosen only because it is new.
        branch: the provider's branch; the tags count where it has none.
        pending_tags: the provider's tags that it is pending for.
        settled_tags: the provider's tags that it was verified for.
    """

    pact: Pact
    matches: tuple[Match, ...]
    pending: bool | None = None
    wip: bool = False
    branch: str | None = None
    pending_tags: tuple[str, ...] = ()
    settled_tags: tuple[str, ...] = ()

    def metadata(self) -> dict[str, Any]:
        """What its URL carries."""
        if self.wip:
            return {"w": True}
        values: dict[str, Any] = {"s": [match.metadata() for match in self.matches]}
        return values if self.pending is None else {**values, "p": self.pending}

    @property
    def short_description(self) -> str:
        """A few words."""
        return ", ".join(match.short for match in self.matches)

    def notices(self, url: str, *, beta: bool = False) -> list[dict[str, str]]:
        """What the verifier prints, and when; the URL is the content's."""
        notices = [("before_verification", BETA)] if beta else []
        notices.append(("before_verification", self._inclusion(url)))
        if self.pending is not None:
            notices += self._pending_notices()
        return [{"when": when, "text": text} for when, text in notices]

    def _inclusion(self, url: str) -> str:
        if self.wip:
            which = "version" if len(self.matches) == 1 else "versions"
            return (
                f"The pact at {url} is being verified because it is a 'work in progress' pact (ie. it is the pact for "
                f"the latest {which} of {self.pact.consumer} {self._heads()} and is still in pending state). {READ_WIP}"
            )
        several = len(self.matches) > 1
        version, criterion = ("versions", "criteria") if several else ("version", "criterion")
        lines = "\n".join(f"    * {line}" for line in self._criteria())
        return (
            f"The pact at {url} is being verified because the pact content belongs to the consumer {version} matching "
            f"the following {criterion}:\n{lines}"
        )

    def _criteria(self) -> list[str]:
        lines = [match.described(self.pact.provider) for match in self.matches if not match.environment]
        for released, words in ((False, "currently deployed to"), (True, "released and supported in")):
            there = [match for match in self.matches if match.environment and match.released == released]
            for consumer in dict.fromkeys(match.selector.consumer for match in there):
                places = [f"{m.environment} ({m.version})" for m in there if m.selector.consumer == consumer]
                whose = f"version(s) of {consumer}" if consumer else "consumer version(s)"
                lines.append(f"{whose} {words} {_listed(places)}")
        return lines

    def _heads(self) -> str:
        branches = [f"'{m.selector.branch}'" for m in self.matches if m.selector.branch]
        tags = [f"'{m.selector.tag}'" for m in self.matches if m.selector.tag]
        parts = []
        if branches:
            parts.append(f"from {'branch' if len(branches) == 1 else 'branches'} {_listed(branches)}")
        if tags:
            parts.append(f"tagged with {_listed(tags)}")
        same = {1: "", 2: " (both have the same content)"}.get(len(self.matches), " (all have the same content)")
        return " and ".join(parts) + same

    def _pending_notices(self) -> list[tuple[str, str]]:
        provider = self.pact.provider
        if not self.pending:
            text = f"This pact has previously been successfully verified by {self._settled_for()}."
            return [
                ("before_verification", f"{text} If this verification fails, it will fail the build. {READ_PENDING}")
            ]
        tagged = {0: "", 1: "with this tag "}.get(len(self.pending_tags), "with these tags ")
        whom = self._pending_for("any")
        still = (
            f"This pact is still in pending state for {whom} as a successful verification result {tagged}"
            "has not yet been published"
        )
        return [
            (
                "before_verification",
                (
                    f"This pact is in pending state for this version of {provider} because a successful verification "
                    f"result for {self._pending_for('a')} has not yet been published. If this verification fails, "
                    f"it will not cause the overall build to fail. {READ_PENDING}"
                ),
            ),
            (
                "after_verification:success_true_published_false",
                (
                    f"This pact is still in pending state for {whom} as the successful verification results {tagged}"
                    "have not yet been published."
                ),
            ),
            ("after_verification:success_false_published_false", still),
            (
                "after_verification:success_true_published_true",
                (
                    f"This pact is no longer in pending state for {whom}, as a successful verification result {tagged}"
                    f"has been published. If a verification for a version of {provider} {tagged}fails in the future, "
                    f"it will fail the build. {READ_PENDING}"
                ),
            ),
            ("after_verification:success_false_published_true", still),
        ]

    def _pending_for(self, article: str) -> str:
        provider = self.pact.provider
        if self.branch:
            return f"{article} version of {provider} from branch '{self.branch}'"
        if not self.pending_tags:
            return provider
        versions = "version" if len(self.pending_tags) == 1 else "versions"
        return f"{article} {versions} of {provider} with tag {_quoted(self.pending_tags)}"

    def _settled_for(self) -> str:
        provider = self.pact.provider
        if self.branch:
            return f"a version of {provider} from branch '{self.branch}'"
        return f"a version of {provider} with tag {_quoted(self.settled_tags)}" if self.settled_tags else provider


def _quoted(words: Sequence[str]) -> str:
    return _listed([f"'{word}'" for word in words])


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def merged(found: Sequence[tuple[Pact, Match]]) -> list[tuple[Pact, tuple[Match, ...]]]:
    """One entry for each content, with its newest publication and every match that led to it."""
    by_content: dict[int, tuple[Pact, list[Match]]] = {}
    for pact, match in found:
        newest, matches = by_content.get(pact.content_id, (pact, []))
        if match not in matches:
            matches.append(match)
        by_content[pact.content_id] = (max(newest, pact, key=lambda each: each.version_id), matches)
    entries = [(pact, tuple(matches)) for pact, matches in by_content.values()]
    return sorted(entries, key=lambda entry: (entry[0].consumer.lower(), entry[0].version_id))
