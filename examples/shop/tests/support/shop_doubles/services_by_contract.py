"""The services behind the gateway, played by what its contracts with them say: in a provider state, each its answer."""

from collections.abc import Iterator
from pathlib import Path

import httpx

from accord.contract import Contract, HttpInteraction
from accord.contract.matching import match_request
from accord.contract.wire import request_from_wire, response_to_wire
from accord.core.http.messages import HttpRequest


class ServicesByContract(httpx.AsyncBaseTransport):
    """Carries the gateway's requests; a service's host is its name in small letters, such as `order`.

    Args:
        contracts: the folder of the pact files.

    Attributes:
        state: the provider state that the services are in.
        away: hosts at which nobody listens.
        slow: hosts whose answer does not come in time.
    """

    def __init__(self, contracts: Path) -> None:
        self.state = ""
        self.away: set[str] = set()
        self.slow: set[str] = set()
        self._contracts = [Contract.read(file) for file in sorted(contracts.glob("Gateway-*.json"))]

    @property
    def states(self) -> set[str]:
        """All that the contracts name."""
        interactions = (each for contract in self._contracts for each in contract.interactions)
        return {state.name for each in interactions for state in each.states}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        if host in self.away:
            raise httpx.ConnectError("nobody listens", request=request)
        if host in self.slow:
            raise httpx.ReadTimeout("longer than anybody waits", request=request)
        headers = tuple((name.decode(), value.decode()) for name, value in request.headers.raw)
        target = request.url.raw_path.decode()
        seen = HttpRequest(request.method, target, headers, await request.aread())
        for contract, interaction in self._of(host):
            if not match_request(interaction.request, request_from_wire(seen), spec=contract.version):
                answer = response_to_wire(interaction.response)
                return httpx.Response(answer.status, headers=list(answer.headers), content=answer.body)
        raise AssertionError(f"no contract of the gateway has {seen.method} {target} while {self.state!r}")

    def _of(self, host: str) -> Iterator[tuple[Contract, HttpInteraction]]:
        for contract in self._contracts:
            if contract.provider.lower() == f"{host}service":
                for each in contract.interactions:
                    if isinstance(each, HttpInteraction) and any(one.name == self.state for one in each.states):
                        yield contract, each
