"""What the build at hand is: version, branch and address, from CI's variables or from git."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_FALSE = ("", "0", "false", "no")


@dataclass(frozen=True, slots=True)
class Build:
    """A build.

    Attributes:
        version: the commit, or None.
        branch: or None, as on a detached commit outside CI.
        url: of the build's page, or None.
        service: of CI, or None outside.
        is_ci: whether CI runs it.
    """

    version: str | None = None
    branch: str | None = None
    url: str | None = None
    service: str | None = None
    is_ci: bool = False


@dataclass(frozen=True, slots=True)
class _Service:
    """The variables of one CI service; of several names the first that is set counts."""

    name: str
    marker: str
    version: tuple[str, ...]
    branch: tuple[str, ...]
    url: tuple[str, ...] = ()


_SERVICES = (
    _Service("GitHub Actions", "GITHUB_ACTIONS", ("GITHUB_SHA",), ("GITHUB_HEAD_REF",)),
    _Service(
        "GitLab",
        "GITLAB_CI",
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "CI_COMMIT_SHA"),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_BRANCH"),
        ("CI_JOB_URL", "CI_PIPELINE_URL"),
    ),
    _Service("Jenkins", "JENKINS_URL", ("GIT_COMMIT",), ("CHANGE_BRANCH", "BRANCH_NAME", "GIT_BRANCH"), ("BUILD_URL",)),
    _Service("Buildkite", "BUILDKITE", ("BUILDKITE_COMMIT",), ("BUILDKITE_BRANCH",), ("BUILDKITE_BUILD_URL",)),
    _Service("CircleCI", "CIRCLECI", ("CIRCLE_SHA1",), ("CIRCLE_BRANCH",), ("CIRCLE_BUILD_URL",)),
    _Service(
        "Azure Pipelines",
        "TF_BUILD",
        ("SYSTEM_PULLREQUEST_SOURCECOMMITID", "BUILD_SOURCEVERSION"),
        ("SYSTEM_PULLREQUEST_SOURCEBRANCH", "BUILD_SOURCEBRANCH"),
    ),
    _Service("Bitbucket", "BITBUCKET_BUILD_NUMBER", ("BITBUCKET_COMMIT",), ("BITBUCKET_BRANCH",)),
    _Service(
        "Travis CI",
        "TRAVIS",
        ("TRAVIS_PULL_REQUEST_SHA", "TRAVIS_COMMIT"),
        ("TRAVIS_PULL_REQUEST_BRANCH", "TRAVIS_BRANCH"),
        ("TRAVIS_BUILD_WEB_URL",),
    ),
    _Service("Woodpecker", "CI_WORKFLOW_NAME", ("CI_COMMIT_SHA",), ("CI_COMMIT_SOURCE_BRANCH", "CI_COMMIT_BRANCH")),
)
_PREFIXES = ("refs/heads/", "origin/")


def find_build(environment: Mapping[str, str] | None = None) -> Build:
    """The build at hand; what CI does not say, git does."""
    variables = os.environ if environment is None else environment
    build = build_from(variables, _read_event)
    if build.version is None:
        build = replace(build, version=_git("rev-parse", "HEAD"))
    if build.branch is None and not build.is_ci:  # CI checks out a commit, not a branch
        build = replace(build, branch=_git("symbolic-ref", "--quiet", "--short", "HEAD"))
    return build


def build_from(variables: Mapping[str, str], read_event: Callable[[str], object] = lambda _: None) -> Build:
    """What the environment says of a build.

    ``GIT_COMMIT`` and ``GIT_BRANCH`` go before what a service says: where it is not Jenkins, somebody set them.

    Args:
        variables: the environment.
        read_event: reads GitHub's file about what happened.
    """
    service = next((each for each in _SERVICES if variables.get(each.marker)), None)
    own = Build(
        version=variables.get("GIT_COMMIT") or None,
        branch=_plain(variables.get("GIT_BRANCH")) if service is None or service.name != "Jenkins" else None,
        is_ci=service is not None or variables.get("CI", "").lower() not in _FALSE,
    )
    if service is None:
        return own
    return replace(
        own,
        version=own.version or _pull_request_head(variables, read_event) or _first(variables, service.version),
        branch=own.branch or _branch(variables, service),
        url=_url(variables, service),
        service=service.name,
    )


def _branch(variables: Mapping[str, str], service: _Service) -> str | None:
    found = _plain(_first(variables, service.branch))
    if found is None and service.name == "GitHub Actions" and variables.get("GITHUB_REF_TYPE") == "branch":
        return variables.get("GITHUB_REF_NAME") or None
    return found


def _url(variables: Mapping[str, str], service: _Service) -> str | None:
    def joined(pattern: str, *names: str) -> str | None:
        values = [variables.get(name, "") for name in names]
        return pattern.format(*values) if all(values) else None

    if service.name == "GitHub Actions":
        return joined("{}/{}/actions/runs/{}", "GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    if service.name == "Azure Pipelines":
        return joined("{}{}/_build/results?buildId={}", "SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT", "BUILD_BUILDID")
    if service.name == "Bitbucket":
        origin = "{}/addon/pipelines/home#!/results/{}"
        return joined(origin, "BITBUCKET_GIT_HTTP_ORIGIN", "BITBUCKET_BUILD_NUMBER")
    return _first(variables, service.url)


def _pull_request_head(variables: Mapping[str, str], read_event: Callable[[str], object]) -> str | None:
    """Of a pull request GitHub builds a merge commit that nobody will ever deploy; the head is the version."""
    if not variables.get("GITHUB_HEAD_REF") or not variables.get("GITHUB_EVENT_PATH"):
        return None
    found = read_event(variables["GITHUB_EVENT_PATH"])
    for name in ("pull_request", "head", "sha"):
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) and found else None


def _read_event(path: str) -> object:
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _first(variables: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((variables[name] for name in names if variables.get(name)), None)


def _plain(branch: str | None) -> str | None:
    for prefix in _PREFIXES:
        branch = branch.removeprefix(prefix) if branch else None
    return branch or None


def _git(*arguments: str) -> str | None:
    try:
        found = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() or None if found.returncode == 0 else None
