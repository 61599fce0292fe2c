"""pact-python's Verifier from a hub, with selectors, publishing: HUB PROVIDER PROVIDER_URL VERSION; 1 where it refuses."""

from __future__ import annotations

import sys

from pact import Verifier


def main(hub: str, provider: str, url: str, version: str) -> int:
    """Verify what the hub chooses, and publish the results."""
    verifier = Verifier(provider, host="127.0.0.1").add_transport(url=url)
    verifier.state_handler({"bob is there": lambda parameters=None: None}, teardown=False)
    source = verifier.broker_source(hub, selector=True).include_pending().include_wip_since("2020-01-01")
    source.consumer_versions('{"mainBranch":true}', '{"deployedOrReleased":true}')
    source.provider_branch("main").build()
    verifier.set_publish_options(version, branch="main")
    try:
        verifier.verify()
    except RuntimeError as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
