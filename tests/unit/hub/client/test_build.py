"""What CI's variables say of a build."""

from __future__ import annotations

import pytest

from accord.hub.client.build import Build, build_from

PULL_REQUEST = {"pull_request": {"head": {"sha": "head"}}}
GITHUB = {
    "CI": "true",
    "GITHUB_ACTIONS": "true",
    "GITHUB_SHA": "merge",
    "GITHUB_REF_TYPE": "branch",
    "GITHUB_REF_NAME": "main",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "a/b",
    "GITHUB_RUN_ID": "7",
}
RUN = "https://github.com/a/b/actions/runs/7"
PR = {**GITHUB, "GITHUB_HEAD_REF": "feat", "GITHUB_REF_NAME": "1/merge", "GITHUB_EVENT_PATH": "event.json"}


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (GITHUB, Build("merge", "main", RUN, "GitHub Actions", is_ci=True)),
        (PR, Build("head", "feat", RUN, "GitHub Actions", is_ci=True)),
        ({**GITHUB, "GITHUB_REF_TYPE": "tag"}, Build("merge", None, RUN, "GitHub Actions", is_ci=True)),
        (
            {"GITLAB_CI": "true", "CI_COMMIT_SHA": "c", "CI_COMMIT_BRANCH": "main", "CI_JOB_URL": "https://gl/1"},
            Build("c", "main", "https://gl/1", "GitLab", is_ci=True),
        ),
        (
            {
                "GITLAB_CI": "true",
                "CI_COMMIT_SHA": "merged",
                "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "c",
                "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "feat",
            },
            Build("c", "feat", None, "GitLab", is_ci=True),
        ),
        (
            {"JENKINS_URL": "https://j", "GIT_COMMIT": "c", "GIT_BRANCH": "origin/main", "BUILD_URL": "https://j/1"},
            Build("c", "main", "https://j/1", "Jenkins", is_ci=True),
        ),
        (
            {"JENKINS_URL": "https://j", "GIT_COMMIT": "c", "GIT_BRANCH": "PR-1", "CHANGE_BRANCH": "feat"},
            Build("c", "feat", None, "Jenkins", is_ci=True),
        ),
        (
            {"BUILDKITE": "true", "BUILDKITE_COMMIT": "c", "BUILDKITE_BRANCH": "main", "BUILDKITE_BUILD_URL": "u"},
            Build("c", "main", "u", "Buildkite", is_ci=True),
        ),
        (
            {
                "TF_BUILD": "True",
                "BUILD_SOURCEVERSION": "c",
                "BUILD_SOURCEBRANCH": "refs/heads/main",
                "SYSTEM_COLLECTIONURI": "https://az/",
                "SYSTEM_TEAMPROJECT": "p",
                "BUILD_BUILDID": "5",
            },
            Build("c", "main", "https://az/p/_build/results?buildId=5", "Azure Pipelines", is_ci=True),
        ),
        ({"CIRCLECI": "true", "CIRCLE_SHA1": "c", "CIRCLE_BRANCH": "m"}, Build("c", "m", None, "CircleCI", is_ci=True)),
        ({"CI": "true"}, Build(is_ci=True)),
        ({"CI": "false"}, Build()),
        ({}, Build()),
        ({"GIT_COMMIT": "mine", "GIT_BRANCH": "b"}, Build("mine", "b")),
        ({**GITHUB, "GIT_COMMIT": "mine"}, Build("mine", "main", RUN, "GitHub Actions", is_ci=True)),
    ],
)
def test_a_build_is_what_its_service_says(variables: dict[str, str], expected: Build) -> None:
    assert build_from(variables, {"event.json": PULL_REQUEST}.get) == expected


def test_a_pull_request_whose_event_cannot_be_read_is_its_merge_commit() -> None:
    assert build_from(PR, lambda _: None).version == "merge"
