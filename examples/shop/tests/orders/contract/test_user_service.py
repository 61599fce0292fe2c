"""OrderService as a consumer of UserService: whom to write to."""

from typing import Any

from accord import match
from shop.orders.adapters.customer_directory import HttpCustomerDirectory
from shop.orders.domain.saga_messages import PaymentMethod

JSON = {"Content-Type": "application/json"}


async def test_asks_for_an_address(pact: Any) -> None:
    contract = pact("OrderService", "UserService")
    (
        contract.given("user user-1 is Ada of ada@example.com with the password 'correct horse'")
        .upon_receiving("a request for user-1")
        .with_request("GET", "/api/users/user-1")
        .will_respond_with(200, headers=JSON, body={"email": match.string("ada@example.com")})
    )
    with contract.in_process() as transport:
        async with HttpCustomerDirectory("http://users", transport=transport) as directory:
            assert await directory.email_of("user-1") == "ada@example.com"


async def test_is_told_that_there_is_no_such_user(pact: Any) -> None:
    contract = pact("OrderService", "UserService")
    (
        contract.given("nobody is registered")
        .upon_receiving("a request for a user who is not there")
        .with_request("GET", "/api/users/user-9")
        .will_respond_with(404, headers=JSON, body={"error": "not_found"})
    )
    with contract.in_process() as transport:
        async with HttpCustomerDirectory("http://users", transport=transport) as directory:
            assert await directory.email_of("user-9") == ""


async def test_asks_how_a_customer_pays(pact: Any) -> None:
    contract = pact("OrderService", "UserService")
    (
        contract.given("user user-1 pays with the card tok_visa")
        .upon_receiving("a request for the payment method of user-1")
        .with_request("GET", "/api/users/user-1/payment-method")
        .will_respond_with(
            200,
            headers=JSON,
            body={"type": match.string("card"), "token": match.string("tok_visa")},
        )
    )
    with contract.in_process() as transport:
        async with HttpCustomerDirectory("http://users", transport=transport) as directory:
            assert await directory.payment_method_of("user-1") == PaymentMethod("card", "tok_visa")


async def test_is_told_that_a_customer_has_no_payment_method(pact: Any) -> None:
    contract = pact("OrderService", "UserService")
    (
        contract.given("nobody is registered")
        .upon_receiving("a request for the payment method of a user who is not there")
        .with_request("GET", "/api/users/user-9/payment-method")
        .will_respond_with(404, headers=JSON, body={"error": "not_found"})
    )
    with contract.in_process() as transport:
        async with HttpCustomerDirectory("http://users", transport=transport) as directory:
            assert await directory.payment_method_of("user-9") is None


async def test_goes_on_without_an_address_and_a_payment_method(pact: Any) -> None:
    contract = pact("OrderService", "UserService")
    for what, path in (("user-1", "/api/users/user-1"), ("how user-1 pays", "/api/users/user-1/payment-method")):
        (
            contract.given("the database of UserService is broken")
            .upon_receiving(f"a request for {what}, which fails")
            .with_request("GET", path)
            .will_respond_with(500)
        )
    with contract.in_process() as transport:
        async with HttpCustomerDirectory("http://users", transport=transport) as directory:
            assert await directory.email_of("user-1") == ""
            assert await directory.payment_method_of("user-1") is None
