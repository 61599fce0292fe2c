"""What is on this machine: which provider each server would have, in which version, and what to do for the rest."""

from __future__ import annotations

import warnings
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from accord.core.errors import AccordError, ResourceError, ResourceMissingError
from accord.infra import containers, versions
from accord.infra.addresses import Address, read, without_password
from accord.infra.choice import AUTOMATIC, CONTAINER, URL
from accord.infra.kafka import foreign as kafka
from accord.infra.kafka.apache import OLDEST_JAVA, ApacheKafkaRecipe, java
from accord.infra.kafka.apache import VERSION as KAFKA_VERSION
from accord.infra.kafka.tansu import TansuRecipe
from accord.infra.nats import foreign as nats
from accord.infra.nats.recipe import NatsRecipe
from accord.infra.postgres import existing as postgres
from accord.infra.postgres.recipe import PostgresRecipe
from accord.infra.rabbitmq.management import Management
from accord.infra.rabbitmq.recipe import RabbitRecipe
from accord.infra.valkey import foreign as valkey
from accord.infra.valkey.recipe import ValkeyRecipe

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from accord.infra.settings import ServerSettings

_NATIVE: dict[str, type[PostgresRecipe | NatsRecipe | TansuRecipe | ValkeyRecipe | RabbitRecipe]] = {
    "postgres": PostgresRecipe,
    "nats": NatsRecipe,
    "kafka": TansuRecipe,
    "valkey": ValkeyRecipe,
    "rabbitmq": RabbitRecipe,
}
_ASK: dict[str, tuple[dict[str, tuple[int, bool]], Callable[[Address], str]]] = {
    "nats": (nats.SCHEMES, nats.ask_version),
    "kafka": (kafka.SCHEMES, kafka.ask_version),
    "valkey": (valkey.SCHEMES, valkey.ask_version),
    "rabbitmq": ({"amqp": (5672, False), "amqps": (5671, True)}, lambda address: Management.of(address).version()),
}


@dataclass(frozen=True)
class Option:
    """One provider of a server.

    Attributes:
        provider: its name.
        version: what it would give; None where that is not known before.
        origin: where it comes from.
        problem: what is in the way, and what to do; None when nothing is.
    """

    provider: str
    version: str | None = None
    origin: str = ""
    problem: str | None = None


@dataclass(frozen=True)
class Outlook:
    """What tests that ask for one server would get.

    Attributes:
        resource: the server: ``nats``.
        chosen: the provider that would be used; its problem says why tests would fail.
        others: what else there is.
        is_configured: whether the project says anything about this server.
        notes: what differs from what was asked for, or from production.
    """

    resource: str
    chosen: Option
    others: list[Option] = field(default_factory=list)
    is_configured: bool = False
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As ``accord doctor --json`` prints it."""
        return asdict(self)


def look(resource: str, settings: ServerSettings, *, refused_hosts: Collection[str] = ()) -> Outlook:
    """Look what there is for one server, without starting or fetching anything.

    Args:
        resource: the server: ``nats``.
        settings: what the project says about it.
        refused_hosts: hosts a URL must not name.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", versions.OtherVersionWarning)
        options = _options(resource, settings, refused_hosts)
        provider = settings.provider or (URL if settings.url else AUTOMATIC)
        if provider in {AUTOMATIC, "native"}:
            native = options[0]
            usable = next((each for each in (native, options[-1]) if each.problem is None), native)
            chosen = native if provider == "native" else usable
        else:
            unknown = Option(provider, problem=f"there is no such provider; known: {_names(options)}")
            chosen = next((each for each in options if each.provider == provider), unknown)
    notes = [str(each.message) for each in caught] if chosen is options[0] else []
    if difference := _difference(settings.production, chosen.version):
        notes.append(difference)
    said = any(value for name, value in asdict(settings).items() if name != "strict")
    return Outlook(resource, chosen, [each for each in options if each is not chosen], said, notes)


def _options(resource: str, settings: ServerSettings, refused_hosts: Collection[str]) -> list[Option]:
    """Native first, the container last."""
    name = "tansu" if resource == "kafka" else "native"
    recipe = _NATIVE[resource](version=settings.version, strict=settings.strict)
    options = [_tried(name, lambda: _of(name, recipe.find()))]
    if resource == "kafka":
        options.append(_tried("apache", lambda: _apache(settings)))
    if settings.url:
        options.append(_tried(URL, lambda: _by_url(resource, settings, refused_hosts)))
    return [*options, Option(CONTAINER, origin=settings.image or "", problem=containers.engine_problem())]


def _tried(provider: str, look_at: Callable[[], Option]) -> Option:
    try:
        return look_at()
    except (AccordError, OSError, ValueError) as error:
        return Option(provider, problem=str(error))


def _of(provider: str, program: Any) -> Option:
    return Option(provider, program.version, program.origin)


def _apache(settings: ServerSettings) -> Option:
    java()
    recipe = ApacheKafkaRecipe(version=settings.version, strict=settings.strict)
    if found := recipe.look():
        versions.accept(recipe.title, asked=settings.version, seen=found.version, strict=settings.strict)
        return _of("apache", found)
    return Option("apache", KAFKA_VERSION, f"Maven Central, fetched when it is first used; Java {OLDEST_JAVA} is here")


def _by_url(resource: str, settings: ServerSettings, refused_hosts: Collection[str]) -> Option:
    shown = without_password(settings.url or "")
    if resource == "postgres":
        seen = postgres.ask_version(settings.url or "", refused_hosts=refused_hosts)
        versions.accept("PostgreSQL", asked=settings.version, seen=seen, strict=settings.strict)
        return Option(URL, seen, shown)
    schemes, ask = _ASK[resource]
    address = read(settings.url or "", title=resource, schemes=schemes, refused_hosts=refused_hosts)
    if resource == "rabbitmq" and settings.management:
        version = Management.of(address, settings.management).version()
    else:
        try:
            version = ask(address)
        except OSError as error:
            raise ResourceError(f"{shown} does not answer: {error}. Start it, or name another one.") from None
    if version != kafka.UNKNOWN:
        versions.accept(resource, asked=settings.version, seen=version, strict=settings.strict)
    elif settings.version and settings.strict:
        raise ResourceMissingError(f"{shown} does not tell its version, and strict is set: leave the version out")
    return Option(URL, version, shown)


def _difference(production: str | None, seen: str | None) -> str | None:
    if not production or not seen or versions.satisfies(production, seen):
        return None
    if versions.numbers(production)[:1] == versions.numbers(seen)[:1]:
        return f"production runs {production}, the tests {seen}: the same major version"
    return f"production runs {production}, the tests {seen}: another major version"


def _names(options: list[Option]) -> str:
    return ", ".join([AUTOMATIC, *(each.provider for each in options)])
