"""Methods of gRPC services: found by descriptor or name, and carried in a pact file so that nobody needs the code."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.protobuf.message import DecodeError

from accord.core.errors import ContractFormatError, UsageError

if TYPE_CHECKING:
    from google.protobuf.descriptor import FileDescriptor, MethodDescriptor, ServiceDescriptor
    from google.protobuf.message import Message


@dataclass(frozen=True, slots=True)
class Method:
    """A unary method.

    Attributes:
        service: full name of the service, such as ``shop.Quotes``.
        name: such as ``GetQuote``.
        request: class of the messages it takes.
        answer: class of the messages it gives.
        files: all files that describe them, as a serialized FileDescriptorSet.
    """

    service: str
    name: str
    request: type[Message]
    answer: type[Message]
    files: bytes

    @property
    def route(self) -> str:
        """The path it is called by: ``/shop.Quotes/GetQuote``."""
        return f"/{self.service}/{self.name}"

    @property
    def key(self) -> str:
        """What its files are found by in a pact file: their checksum, as the protobuf plugin of Pact wants it."""
        return hashlib.md5(self.files, usedforsecurity=False).hexdigest()


def method_of(method: MethodDescriptor | str) -> Method:
    """A method by its descriptor, or by its name (``shop.Quotes/GetQuote``) once its generated module is imported.

    Raises:
        UsageError: neither, no such method, or one with streams.
    """
    if isinstance(method, str):
        method = _by_name(method)
    if not hasattr(method, "input_type") or not hasattr(method, "containing_service"):
        raise UsageError(
            f"expected a method, such as pb2.DESCRIPTOR.services_by_name['Quotes'].methods_by_name['GetQuote'] or "
            f"'shop.Quotes/GetQuote', seen {method!r}"
        )
    files: dict[str, FileDescriptorProto] = {}
    _collect(method.containing_service.file, files)
    return _method(method, FileDescriptorSet(file=files.values()).SerializeToString(deterministic=True))


def method_from_files(files: bytes, service_and_method: str) -> Method:
    """A method as a pact file describes it.

    Raises:
        ContractFormatError: the description cannot be read, or has no such method.
    """
    pool = descriptor_pool.DescriptorPool()
    try:
        described = FileDescriptorSet.FromString(files)
        for file in described.file:
            pool.Add(file)
    except (DecodeError, TypeError) as error:
        raise ContractFormatError(f"the protobuf descriptors cannot be read: {error}") from error
    wanted, _, name = service_and_method.rpartition("/")
    wanted = wanted.lstrip(".")
    for file in described.file:
        for service in file.service:
            full_name = f"{file.package}.{service.name}".lstrip(".")
            # Older versions of the plugin wrote the service without its package.
            if wanted in (full_name, service.name):
                return _method(_member(pool.FindServiceByName(full_name), name), files)
    raise ContractFormatError(f"the protobuf descriptors have no service {wanted!r}, which the interaction calls")


def _by_name(text: str) -> MethodDescriptor:
    service, _, name = text.strip("/").rpartition("/")
    try:
        found = descriptor_pool.Default().FindServiceByName(service.lstrip("."))
    except KeyError:
        raise UsageError(
            f"no service {service!r} in what is imported; write the full name as in 'shop.Quotes/GetQuote' and "
            "import the generated module first"
        ) from None
    return _member(found, name)


def _member(service: ServiceDescriptor, name: str) -> MethodDescriptor:
    found: MethodDescriptor | None = service.methods_by_name.get(name)
    if found is None:
        known = ", ".join(service.methods_by_name)
        raise UsageError(f"the service {service.full_name} has no method {name!r}; it has {known}")
    return found


def _method(descriptor: MethodDescriptor, files: bytes) -> Method:
    found: Any = descriptor  # whether it streams is missing in the stubs
    if found.client_streaming or found.server_streaming:
        raise UsageError(f"{descriptor.full_name} streams; contracts hold unary calls only")
    return Method(
        descriptor.containing_service.full_name,
        descriptor.name,
        message_factory.GetMessageClass(descriptor.input_type),
        message_factory.GetMessageClass(descriptor.output_type),
        files,
    )


def _collect(file: FileDescriptor, found: dict[str, FileDescriptorProto]) -> None:
    """A file and all that it imports, each after what it needs itself."""
    if file.name in found:
        return
    for needed in file.dependencies:
        _collect(needed, found)
    described = FileDescriptorProto()
    file.CopyToProto(described)
    found[file.name] = described
