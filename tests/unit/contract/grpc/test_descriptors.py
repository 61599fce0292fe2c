"""Methods: by descriptor, by name, and from the description in a pact file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accord.contract.grpc.descriptors import method_from_files, method_of
from accord.core.errors import ContractFormatError, UsageError

if TYPE_CHECKING:
    from tests.grpc_code.quotes import Quotes


def test_a_method_is_found_by_descriptor_and_by_name(quotes: Quotes) -> None:
    descriptor = quotes.pb2.DESCRIPTOR.services_by_name["Quotes"].methods_by_name["GetQuote"]
    assert method_of(descriptor) == method_of("shop.v1.Quotes/GetQuote") == method_of("/shop.v1.Quotes/GetQuote")
    assert method_of(descriptor).route == "/shop.v1.Quotes/GetQuote"


@pytest.mark.parametrize("service", [".shop.v1.Quotes/GetQuote", "shop.v1.Quotes/GetQuote", "Quotes/GetQuote"])
def test_a_method_is_found_in_its_files_without_the_generated_code(quotes: Quotes, service: str) -> None:
    found = method_from_files(method_of("shop.v1.Quotes/GetQuote").files, service)
    assert found.answer is not quotes.pb2.Quote
    message = found.answer.FromString(quotes.pb2.Quote(id="q", points={"value": 3}).SerializeToString())
    assert message.id == "q"
    assert found.route == "/shop.v1.Quotes/GetQuote"


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("shop.v1.Nothing/GetQuote", "no service 'shop.v1.Nothing' in what is imported"),
        ("shop.v1.Quotes/Get", "the service shop.v1.Quotes has no method 'Get'; it has GetQuote, Cancel, Watch"),
        ("shop.v1.Quotes/Watch", "shop.v1.Quotes.Watch streams; contracts hold unary calls only"),
        (3, "expected a method, such as"),
    ],
)
def test_what_is_no_unary_method_is_refused(quotes: Quotes, method: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        method_of(method)


@pytest.mark.parametrize("files", [b"\xff\xff", b""])
def test_files_that_do_not_describe_the_method_are_refused(files: bytes) -> None:
    with pytest.raises(ContractFormatError, match="protobuf descriptors"):
        method_from_files(files, ".shop.v1.Quotes/GetQuote")
