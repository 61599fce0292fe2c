"""Bringing the shop up: the database and the bus, then the services, each as soon as its database is made."""

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import httpx

from accord.infra import KafkaBroker, NatsServer, PostgresServer
from accord.infra.ports import free_ports, is_free
from accord.testing.traffic import Traffic
from whole_shop.databases import make_database
from whole_shop.processes import ServiceProcess
from whole_shop.services import SERVICES, Service


class WholeShop:
    """The shop. As a context manager it is up inside the block, and gone after it.

    Args:
        usual_ports: take the services' default ports where they are free; else any.
        kafka: Kafka's protocol for the bus; NATS when left out.
        settings: variables for all services.
        traffic: where what the services ask of each other is noted; nowhere when left out.
    """

    def __init__(
        self,
        *,
        usual_ports: bool = False,
        kafka: bool = False,
        settings: dict[str, str] | None = None,
        traffic: Traffic | None = None,
    ) -> None:
        self._usual_ports = usual_ports
        self._settings = settings or {}
        self._traffic = traffic or Traffic(None)
        self.database = PostgresServer()
        self.bus: NatsServer | KafkaBroker = KafkaBroker(provider="apache") if kafka else NatsServer()
        self.services: dict[str, ServiceProcess] = {}
        self.browser = httpx.Client(timeout=30)
        """Calls services over connections that stay open, as a browser does; of no contract's business."""
        to_gateway = self._traffic.transport(httpx.HTTPTransport(), consumer="Storefront", provider="Gateway")
        self.front = httpx.Client(transport=to_gateway, timeout=30)
        """Calls the gateway as a shop front does."""
        self._stack = ExitStack()
        self._folder = Path()

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def gateway(self) -> str:
        """Where the world comes in."""
        return self.url_of("gateway")

    def url_of(self, name: str) -> str:
        """Where a service listens."""
        return self.services[name].url

    def log_of(self, name: str) -> str:
        """What a service has said."""
        return self.services[name].log.read_text(errors="replace")

    def wait_until_ready(self) -> None:
        """Wait until every service says that all it needs is there."""
        for process in self.services.values():
            process.wait_until_ready()

    def _start(self) -> None:
        self._stack.callback(self.browser.close)
        self._stack.callback(self.front.close)
        self._folder = Path(tempfile.mkdtemp(prefix="shop-"))
        self._stack.callback(shutil.rmtree, self._folder, ignore_errors=True)
        self._stack.enter_context(self.database)
        self._stack.enter_context(self.bus)
        self._stack.callback(self._stop_services)
        ports = self._ports()
        addresses = {service.address_variable: f"http://127.0.0.1:{ports[service.name]}" for service in SERVICES}
        participants = {service.participant: addresses[service.address_variable] for service in SERVICES}
        shared = {"SHOP_STAGE": "test", "SHOP_BUS_URL": self.bus_url, **addresses, **self._settings}
        # One service starts while the next one's database is made. A service starts without its neighbours.
        for service in SERVICES:
            own = {service.database_variable: make_database(self.database, service)} if service.has_database else {}
            log = self._folder / f"{service.name}.log"
            noting = self._traffic.environment(service.participant, participants)
            command = self._traffic.command(f"shop.{service.name}")
            variables = {**shared, **own, **noting}
            process = ServiceProcess(service, ports[service.name], variables, log, command)
            self.services[service.name] = process
            process.start()
        self.wait_until_ready()

    def _stop_services(self) -> None:
        """End all at once: each takes its time to end in good order."""
        for process in self.services.values():
            process.ask_to_stop()
        for process in self.services.values():
            process.stop()

    def _ports(self) -> dict[str, int]:
        others = free_ports()
        return {service.name: self._port_of(service) or next(others) for service in SERVICES}

    def _port_of(self, service: Service) -> int | None:
        return service.port if self._usual_ports and is_free(service.port) else None

    @property
    def bus_url(self) -> str:
        """Where messages travel."""
        if isinstance(self.bus, NatsServer):
            return self.bus.url
        return f"kafka://{self.bus.host}:{self.bus.port}"
