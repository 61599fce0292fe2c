"""At the end of a green run in CI, the pacts it wrote go to the hub that the project names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.core.configuration import load_configuration
from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def publish(root: Path, files: Sequence[Path]) -> str | None:
    """Publish, and say what; None where the project names no hub, forbids it, or this is not CI.

    Only ``[tool.accord.hub]`` makes a project publish: a variable that other tools read must not.

    Args:
        root: the project's folder.
        files: the pact files of this run.

    Raises:
        UsageError: there is no version to publish under.
        HubError: the hub cannot be used, or has other content under this version.
    """
    table = load_configuration(root).hub
    if not table.get("publish", "url" in table):
        return None
    from accord.hub.client.access import find_access, need_access  # noqa: PLC0415 - only projects with a hub pay
    from accord.hub.client.build import find_build  # noqa: PLC0415 - as above

    build = find_build()
    if not build.is_ci:
        return None
    access = need_access(find_access(table=table))
    if build.version is None:
        raise UsageError("no version to publish under: neither CI nor git says the commit; set GIT_COMMIT")
    from accord.hub.client import publishing  # noqa: PLC0415 - as above
    from accord.hub.client.shells import HubClient  # noqa: PLC0415 - as above: httpx

    # Several jobs of one build each bring a part of the tests.
    publication = publishing.Publication(build.version, build.branch, (), build.url, merge=True)
    with HubClient(access) as client:
        client.run(publishing.publish, publishing.read_pact_files(files), publication)
    branch = f", branch {build.branch}" if build.branch else ""
    return f"pacts published: {len(files)} to {access.url}, version {build.version}{branch}"
