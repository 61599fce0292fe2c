"""Where OrderService is put together."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.kit.application import build_application, given_or_opened
from shop.kit.background import background
from shop.kit.callers import TokenVerifier
from shop.kit.consumer import Storage
from shop.kit.database import open_engine
from shop.kit.messaging import Messages, join_bus
from shop.kit.outbox import Alarm, EventPublisher
from shop.kit.wire import utc_now
from shop.orders.adapters.cart_client import HttpCartClient
from shop.orders.adapters.customer_directory import HttpCustomerDirectory
from shop.orders.adapters.database import inbox, outbox
from shop.orders.adapters.envelopes import CHANNEL_OF, CURRENCY
from shop.orders.adapters.flags import FixedFlags
from shop.orders.adapters.inventory_client import HttpCatalogue, HttpInventoryClient
from shop.orders.adapters.payment_client import HttpPaymentClient
from shop.orders.adapters.replies import PASSED_OVER, READS, handlers
from shop.orders.adapters.repository import SqlOrderRepository
from shop.orders.adapters.saga_store import SqlSagaStore
from shop.orders.domain.pricing import LegacyPricingEngine, NewPricingEngine, Rates
from shop.orders.http.problems import EXPLANATIONS
from shop.orders.http.routes import UseCases, routes
from shop.orders.service.checkout import Checkout
from shop.orders.service.fulfilment import OrderFulfilment
from shop.orders.service.placing import OrderService, PlacingPolicy
from shop.orders.service.ports import (
    CartClient,
    Catalogue,
    Clock,
    CustomerDirectory,
    FlagClient,
    IdFactory,
    InventoryClient,
    OrderRepository,
    PaymentClient,
)
from shop.orders.service.pricing import NEW_ENGINE_FLAG, CataloguePricing
from shop.orders.service.sagas import OrderSagas, SagaOrderRepository
from shop.orders.service.time_limits import TimeLimits
from shop.orders.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ports:
    """What stands in for the real adapters; None asks for the real one."""

    engine: AsyncEngine | None
    inventory_client: InventoryClient | None
    payment_client: PaymentClient | None
    catalogue: Catalogue | None
    customers: CustomerDirectory | None
    cart_client: CartClient | None
    flags: FlagClient | None
    event_publisher: EventPublisher | None
    clock: Clock
    new_id: IdFactory | None


def create_app(
    settings: Settings | None = None,
    *,
    engine: AsyncEngine | None = None,
    inventory_client: InventoryClient | None = None,
    payment_client: PaymentClient | None = None,
    catalogue: Catalogue | None = None,
    customers: CustomerDirectory | None = None,
    cart_client: CartClient | None = None,
    flags: FlagClient | None = None,
    event_publisher: EventPublisher | None = None,
    clock: Clock = utc_now,
    new_id: IdFactory | None = None,
) -> FastAPI:
    """Build OrderService; nothing opens before its lifespan starts.

    Args:
        settings: read from the environment when left out.
        engine: a database to use, which stays the caller's; the settings' when left out.
        inventory_client: stock; InventoryService over HTTP when left out.
        payment_client: payments; PaymentService over HTTP when left out.
        catalogue: names and prices; InventoryService over HTTP when left out.
        customers: whom to write to; UserService over HTTP when left out.
        cart_client: carts; CartService over HTTP when left out.
        flags: feature flags; the settings' when left out.
        event_publisher: what the outbox is relayed to; the settings' bus when left out; without one it stays.
        clock: the present moment.
        new_id: makes order ids; random ones when left out.
    """
    chosen = settings or Settings.from_environment()
    ports = _Ports(
        engine=engine,
        inventory_client=inventory_client,
        payment_client=payment_client,
        catalogue=catalogue,
        customers=customers,
        cart_client=cart_client,
        flags=flags,
        event_publisher=event_publisher,
        clock=clock,
        new_id=new_id,
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await _open(app, stack, chosen, ports)
            yield

    app = build_application("OrderService", routes(), lifespan=lifespan, explanations=EXPLANATIONS)
    app.state.tokens = TokenVerifier(chosen.stage, chosen.service_token)
    return app


async def _open(app: FastAPI, stack: AsyncExitStack, settings: Settings, ports: _Ports) -> None:
    """Open what the ports leave open, for as long as the stack lives, and join the layers."""
    engine = await given_or_opened(stack, ports.engine, lambda: open_engine(settings.database_url))
    within = settings.timeout

    def inventory_over_http() -> HttpInventoryClient:
        return HttpInventoryClient(settings.inventory_url, timeout=within)

    def payments_over_http() -> HttpPaymentClient:
        return HttpPaymentClient(settings.payment_url, timeout=within)

    def catalogue_over_http() -> HttpCatalogue:
        return HttpCatalogue(settings.inventory_url, timeout=within)

    def customers_over_http() -> HttpCustomerDirectory:
        return HttpCustomerDirectory(settings.user_url, timeout=within)

    def carts_over_http() -> HttpCartClient:
        return HttpCartClient(settings.cart_url, timeout=within)

    inventory: InventoryClient = await given_or_opened(stack, ports.inventory_client, inventory_over_http)
    payments: PaymentClient = await given_or_opened(stack, ports.payment_client, payments_over_http)
    catalogue: Catalogue = await given_or_opened(stack, ports.catalogue, catalogue_over_http)
    customers: CustomerDirectory = await given_or_opened(stack, ports.customers, customers_over_http)
    carts: CartClient = await given_or_opened(stack, ports.cart_client, carts_over_http)
    alarm = Alarm()
    storage = Storage(engine=engine, inbox=inbox, outbox=outbox, clock=ports.clock, committed=alarm)
    has_sagas = settings.bus.url is not None or ports.event_publisher is not None  # else nobody would hear a command
    repository: OrderRepository = SqlOrderRepository(engine, on_events=alarm)
    sagas = OrderSagas(
        repository,
        SqlSagaStore(engine, ports.clock, on_commands=alarm),
        clock=ports.clock,
        time_limit=settings.time_limit,
    )
    if has_sagas:
        repository = SagaOrderRepository(repository, sagas)
    orders = OrderService(
        repository,
        _pricing(settings, catalogue, ports.flags),
        inventory,
        customers=customers,
        clock=ports.clock,
        new_id=ports.new_id,
        policy=PlacingPolicy(settings.most_items, charges_at_once=has_sagas),
    )
    fulfilment = OrderFulfilment(
        orders,
        repository,
        inventory,
        payments,
        clock=ports.clock,
        currency=CURRENCY,
        has_sagas=has_sagas,
    )
    app.state.engine = engine
    app.state.use_cases = UseCases(orders, Checkout(orders, carts), fulfilment)
    messages = Messages(
        service="orders",
        handlers=handlers(sagas),
        reads=READS,
        passed_over=PASSED_OVER,
        channel_of=CHANNEL_OF,
    )
    await join_bus(app, stack, settings.bus, messages, storage, publisher=ports.event_publisher)
    if has_sagas:
        await stack.enter_async_context(background(TimeLimits(sagas).run()))


def _pricing(settings: Settings, catalogue: Catalogue, flags: FlagClient | None) -> CataloguePricing:
    rates = Rates(settings.tax_rate, settings.shipping_fee)
    return CataloguePricing(
        catalogue,
        LegacyPricingEngine(rates),
        NewPricingEngine(rates),
        flags or FixedFlags({NEW_ENGINE_FLAG: settings.new_pricing_customers}),
        trust_sent_prices=settings.trust_sent_prices,
    )
