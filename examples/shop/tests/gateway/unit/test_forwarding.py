import pytest
from shop_doubles.gateway import FakeCallers, FakeUpstreams, Seconds

from shop.gateway.domain.breaker import BreakerState
from shop.gateway.domain.routing import Upstream
from shop.gateway.service.errors import (
    ForbiddenError,
    MethodRefusedError,
    TooManyRequestsError,
    UnknownCallerError,
    UnknownPathError,
    UpstreamUnavailableError,
)
from shop.gateway.service.forwarding import Gateway, Policy
from shop.gateway.service.ports import Answer, Inbound, UpstreamError

ADA = {"authorization": "Bearer ada"}
BOSS = {"authorization": "Bearer boss"}
REFUSED = UpstreamError("cannot be reached", never_sent=True)
BROKEN = UpstreamError("broke off")
JSON = {"content-type": "application/json"}


class Door:
    """A gateway and its doubles."""

    def __init__(self, **policy: float) -> None:
        self.upstreams, self.seconds = FakeUpstreams(), Seconds()
        chosen = {"breaker_failures": 2, "breaker_pause": 10, "service_token": "service", **policy}
        self.gateway = Gateway(self.upstreams, FakeCallers(), self.seconds, Policy(**chosen))  # type: ignore[arg-type]

    async def ask(self, method: str, path: str, **more: object) -> Answer:
        return await self.gateway.handle(Inbound(method, path, **more))  # type: ignore[arg-type]

    @property
    def sent(self) -> Inbound:
        return self.upstreams.calls[-1][1]


async def test_who_calls_is_said_by_the_gateway_alone() -> None:
    door = Door()
    forged = {**ADA, "x-user-id": "boss", "x-forwarded-for": "1.2.3.4", "accept": "application/json"}
    await door.ask("GET", "/api/cart", headers=forged, query="a=b")
    assert door.sent == Inbound("GET", "/api/cart", "a=b", {"accept": "application/json", "x-user-id": "ada"})


async def test_an_open_route_forgets_who_calls() -> None:
    door = Door()
    await door.ask("GET", "/api/inventory/pen", headers={**ADA, "x-user-id": "boss"})
    assert door.sent.headers == {}


async def test_for_staff_the_gateway_vouches() -> None:
    door = Door()
    await door.ask("PUT", "/api/inventory/pen", headers=BOSS, body=b"{}")
    assert door.sent.headers == {"x-user-id": "boss", "authorization": "Bearer service"}
    assert door.sent.body == b"{}"


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer forged"}, {"authorization": "Basic ada"}])
async def test_without_a_token_there_is_no_way(headers: dict[str, str]) -> None:
    door = Door()
    with pytest.raises(UnknownCallerError):
        await door.ask("POST", "/api/orders", headers={**headers, "x-user-id": "ada"})
    assert door.upstreams.calls == []


async def test_customers_do_not_change_stock() -> None:
    with pytest.raises(ForbiddenError):
        await Door().ask("PUT", "/api/inventory/pen", headers=ADA)


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/users/me", "/users/ada"),
        ("/api/users/ada", "/api/users/ada"),
        ("/api/users/me/payment-method", "/api/users/ada/payment-method"),
    ],
)
async def test_users_see_themselves(path: str, seen: str) -> None:
    door = Door()
    await door.ask("GET", path, headers=ADA)
    assert door.sent.path == seen


async def test_others_do_not_exist_except_for_staff() -> None:
    door = Door()
    with pytest.raises(UnknownPathError):
        await door.ask("GET", "/api/users/bob", headers=ADA)
    with pytest.raises(UnknownPathError):
        await door.ask("PUT", "/api/users/bob/payment-method", headers=ADA)
    await door.ask("GET", "/api/users/bob", headers=BOSS)
    assert door.sent.path == "/api/users/bob"


async def test_what_is_not_in_the_table_is_not_there() -> None:
    door = Door()
    with pytest.raises(UnknownPathError):
        await door.ask("POST", "/api/payments", headers=BOSS)
    with pytest.raises(MethodRefusedError, match="This path knows GET, HEAD, PUT"):
        await door.ask("DELETE", "/api/inventory/pen", headers=BOSS)


async def test_who_comes_too_often_waits() -> None:
    door = Door(requests_per_second=1, burst=2)
    await door.ask("GET", "/api/cart", headers=ADA)
    await door.ask("GET", "/api/cart", headers=ADA)
    with pytest.raises(TooManyRequestsError) as refusal:
        await door.ask("GET", "/api/cart", headers=ADA)
    assert refusal.value.wait == 1
    await door.ask("GET", "/api/cart", headers=BOSS)


async def test_who_does_not_say_who_they_are_are_counted_by_address() -> None:
    door = Door(requests_per_second=1, burst=1)
    await door.ask("GET", "/api/inventory/pen", address="1.1.1.1")
    await door.ask("GET", "/api/inventory/pen", address="2.2.2.2")
    with pytest.raises(TooManyRequestsError):
        await door.ask("GET", "/api/inventory/pen", address="1.1.1.1", headers={"authorization": "Bearer guess"})


async def test_reading_what_was_never_sent_is_tried_once_more() -> None:
    door = Door()
    door.upstreams.next.extend([REFUSED])
    assert (await door.ask("GET", "/api/cart", headers=ADA)).status == 200
    assert len(door.upstreams.calls) == 2


@pytest.mark.parametrize(
    ("method", "path", "error"),
    [("POST", "/api/orders", REFUSED), ("POST", "/api/orders", BROKEN), ("GET", "/api/orders", BROKEN)],
)
async def test_what_may_have_been_seen_or_changes_something_is_not_repeated(
    method: str,
    path: str,
    error: UpstreamError,
) -> None:
    door = Door()
    door.upstreams.next.append(error)
    with pytest.raises(UpstreamUnavailableError, match="OrderService gives no answer"):
        await door.ask(method, path, headers=ADA)
    assert len(door.upstreams.calls) == 1


@pytest.mark.parametrize("failure", [BROKEN, Answer(500, JSON), Answer(503, JSON)])
async def test_a_service_that_fails_again_and_again_is_left_alone(failure: Answer | UpstreamError) -> None:
    door = Door()
    door.upstreams.next.extend([failure, failure])
    for _ in range(2):
        if isinstance(failure, Answer):
            assert (await door.ask("GET", "/api/cart", headers=ADA)).status == failure.status
        else:
            with pytest.raises(UpstreamUnavailableError):
                await door.ask("GET", "/api/cart", headers=ADA)
    with pytest.raises(UpstreamUnavailableError) as refusal:
        await door.ask("GET", "/api/cart", headers=ADA)
    assert refusal.value.wait == 10
    assert len(door.upstreams.calls) == 2
    await door.ask("GET", "/api/orders", headers=ADA)  # the others are not concerned


async def test_and_asked_again_after_a_while() -> None:
    door = Door()
    door.upstreams.next.extend([Answer(500, JSON), Answer(500, JSON)])
    for _ in range(2):
        await door.ask("GET", "/api/cart", headers=ADA)
    door.seconds.now += 10
    assert (await door.ask("GET", "/api/cart", headers=ADA)).status == 200
    assert door.gateway.breakers[Upstream.CART].state(door.seconds.now) is BreakerState.CLOSED


async def test_a_refusal_is_not_a_failure() -> None:
    door = Door()
    door.upstreams.next.extend([Answer(404), Answer(409), Answer(400)])
    for status in (404, 409, 400):
        assert (await door.ask("GET", "/api/cart", headers=ADA)).status == status
    assert door.gateway.breakers[Upstream.CART].state(door.seconds.now) is BreakerState.CLOSED


async def test_the_last_stock_level_stands_in_while_inventory_is_away() -> None:
    door = Door()
    level = Answer(200, {"content-type": "application/json"}, b'{"availableQuantity": 5}')
    door.upstreams.next.extend([level, BROKEN, BROKEN])
    assert await door.ask("GET", "/api/inventory/pen") == level
    for _ in range(4):
        stale = await door.ask("GET", "/api/inventory/pen")
        assert (stale.status, stale.body) == (200, level.body)
        assert stale.headers["warning"] == '110 - "Response is Stale"'
    assert len(door.upstreams.calls) == 3  # two failures open the breaker
    with pytest.raises(UpstreamUnavailableError):
        await door.ask("GET", "/api/inventory/ink")


async def test_too_slow_is_said() -> None:
    door = Door()
    door.upstreams.next.append(UpstreamError("took too long", too_slow=True))
    with pytest.raises(UpstreamUnavailableError, match="CartService took too long; try again") as refusal:
        await door.ask("POST", "/api/cart/items", headers=ADA)
    assert refusal.value.too_slow
