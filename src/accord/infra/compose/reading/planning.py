"""From what a compose file says to a plan. Values in, values out: nothing is opened or started."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accord.core.errors import UsageError
from accord.infra.compose import images
from accord.infra.compose.images import Image
from accord.infra.compose.plan import Plan, Service
from accord.infra.compose.reading import kafka, keys, nats, postgres, rabbitmq, valkey
from accord.infra.compose.reading.asked import Asked, read_asked
from accord.infra.compose.remarks import Remarks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from accord.infra.compose.reading.file import ComposeFile

_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,62}")


@dataclass(frozen=True)
class Wishes:
    """What is said on the command line about a file.

    Attributes:
        name: of the environment; else the file's own ``name``, else the name of the file without its ending.
        only: these services and those they depend on; all where nothing is said.
        without: services that are left out.
        profiles: profiles whose services are wanted.
        ignored: keys that are ignored, each as ``KEY`` or ``SERVICE.KEY``.
        kafka: which broker stands for Apache Kafka.
    """

    name: str | None = None
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    ignored: frozenset[str] = field(default_factory=frozenset)
    kafka: str = kafka.TANSU


def make_plan(file: ComposeFile, wishes: Wishes | None = None) -> Plan:
    """The plan for a compose file.

    Raises:
        UsageError: it asks for what cannot be had; every such key is named.
    """
    wishes = wishes or Wishes()
    source = str(file.path)
    remarks = Remarks(wishes.ignored)
    name = environment_name(file, wishes.name)
    _read_top(file, remarks)
    chosen = _chosen(file, wishes)
    services = [each for name in chosen if (each := _service(name, file, wishes, remarks)) is not None]
    remarks.raise_refusals(source)
    if unknown := sorted(wishes.ignored - remarks.asked_about):
        raise UsageError(
            f"--ignore {unknown[0]}: {source} has nothing of that name that would be refused; leave the option out"
        )
    if not services:
        raise UsageError(f"{source}: no service is left to be started")
    _refuse_shared_ports(services, source)
    return Plan(name, source, tuple(_in_order(services, source)), tuple(remarks.notes))


def environment_name(file: ComposeFile, name: str | None) -> str:
    """What the environment is called.

    Raises:
        UsageError: it cannot be called so.
    """
    found = name or file.variables.fill(file.top.get("name"), "name") or file.path.stem
    return check_name(found)


def check_name(name: str) -> str:
    """A name that can be a folder's.

    Raises:
        UsageError: it cannot.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name for an environment: letters, digits, and . _ - after the first, at most 63; "
            "give it another with --name"
        )
    return name


def _read_top(file: ComposeFile, remarks: Remarks) -> None:
    for key in file.top:
        if key.startswith(keys.EXTENSION) or key in {"name", "version", "volumes", "configs", "secrets"}:
            continue  # what services make of these is remarked upon there
        if key == "networks":
            remarks.note("", key, "there are no networks of containers: clients use localhost and the port")
        elif key == "include":
            remarks.refuse("", key, "other files are not included: bring each up by itself, or use `extends`")
        else:
            remarks.refuse("", key, f"is no key of a compose file{_near(key, (*keys.FILE_KEYS, 'include'))}")


def _chosen(file: ComposeFile, wishes: Wishes) -> list[str]:
    """The names of the services to be started."""
    for name in (*wishes.only, *wishes.without):
        if name not in file.services:
            raise UsageError(
                f"{file.path} has no service {name!r}{_near(name, file.services)}; it has {', '.join(file.services)}"
            )
    found = [name for name in file.services if not wishes.only or name in wishes.only]
    found = [name for name in found if name in wishes.only or _in_profile(file.services[name], wishes.profiles)]
    for name in found:  # grows while it is walked
        if wishes.only:
            needed = file.services[name].get("depends_on") or ()
            found += [each for each in needed if each not in found and each in file.services]
    return [name for name in found if name not in wishes.without]


def _in_profile(service: dict[str, Any], profiles: Collection[str]) -> bool:
    wanted = service.get("profiles") or []
    return not wanted or any(each in profiles for each in wanted)


def _service(name: str, file: ComposeFile, wishes: Wishes, remarks: Remarks) -> Service | None:
    raw = file.services[name]
    where = f"services.{name}"
    image_text = file.variables.fill(raw.get("image"), f"{where}.image")
    image = Image.read(image_text) if isinstance(image_text, str) else None
    if image is None or image.known is None:
        raise UsageError(_unknown_image(name, raw, image, file))
    used = {key: value for key, value in raw.items() if key in keys.USED}
    for key in raw:
        if key not in used:
            _remark(name, key, remarks)
    filled = file.variables.fill(used, where)
    asked = read_asked(
        name, image, filled, variables=file.variables, env_file=file.env_files.get(name, {}), folder=file.path.parent,
        remarks=remarks,
    )  # fmt: skip
    for each in asked.after:
        if each not in file.services:
            raise UsageError(
                f"{file.path}: {where}.depends_on: there is no service {each!r}{_near(each, file.services)}"
            )
    return _server(asked, image.known, wishes)


def _server(asked: Asked, known: images.Known, wishes: Wishes) -> Service | None:
    match known.resource:
        case images.POSTGRES:
            return postgres.read(asked)
        case images.VALKEY:
            return valkey.read(asked, product=known.product)
        case images.KAFKA:
            return kafka.read(asked, provider=wishes.kafka)
        case images.NATS:
            return nats.read(asked)
        case images.RABBITMQ:
            return rabbitmq.read(asked)
        case _:
            asked.note("image", f"{known.product} is not started: the broker here does without")
            return None


def _unknown_image(name: str, raw: dict[str, Any], image: Image | None, file: ComposeFile) -> str:
    if image is None:
        what = "is built from your files" if "build" in raw else "has no image"
    else:
        what = f"has the image {image.text}, which is none of those that run here without a container"
    return (
        f"{file.path}: the service {name} {what}. Those are {', '.join(images.IMAGES)}. Leave it out (--without "
        f"{name}) and run it yourself, or bring the file up in containers (--docker), which needs Docker."
    )


def _remark(service: str, key: str, remarks: Remarks) -> None:
    if key.startswith(keys.EXTENSION):
        return
    if key in keys.NOTED:
        remarks.note(service, key, f"passed over: {keys.NOTED[key]}")
    elif key in keys.REFUSED:
        remarks.refuse(service, key, keys.REFUSED[key].format(service=service))
    else:
        remarks.refuse(service, key, f"is no key of a service{_near(key, (*keys.USED, *keys.NOTED, *keys.REFUSED))}")


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _refuse_shared_ports(services: list[Service], source: str) -> None:
    owners: dict[int, str] = {}
    for each in services:
        for port in filter(None, (each.port, each.extra_port)):
            if port in owners:
                raise UsageError(f"{source}: {owners[port]} and {each.name} both have the port {port} of this machine")
            owners[port] = each.name


def _in_order(services: list[Service], source: str) -> list[Service]:
    """Those that are waited for come first."""
    left = {each.name: each for each in services}
    done: dict[str, Service] = {}
    while left:
        ready = [each for each in left.values() if not any(name in left for name in each.after)]
        if not ready:
            raise UsageError(f"{source}: the services {', '.join(left)} wait for each other (depends_on)")
        for each in ready:
            done[each.name] = left.pop(each.name)
    return list(done.values())
