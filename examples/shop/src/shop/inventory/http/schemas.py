"""The bodies of InventoryService."""

from typing import Annotated, Self

from pydantic import Field

from shop.inventory.domain.stock import Line, Reservation, StockLevel
from shop.kit.wire import Money, Name, Timestamp, WireModel

Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]


class StockIn(WireModel):
    """What is on the shelf; a name or price left out stays as it was."""

    quantity: Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)]
    name: Name | None = None
    unit_price: Annotated[Money, Field(ge=0)] | None = None


class StockOut(WireModel):
    """A product's stock."""

    product_id: str
    name: str
    unit_price: Money | None
    available_quantity: int

    @classmethod
    def of(cls, level: StockLevel) -> Self:
        return cls(
            product_id=level.product_id,
            name=level.name,
            unit_price=level.unit_price,
            available_quantity=level.available,
        )


class LineIn(WireModel):
    """A product and how many of it."""

    product_id: Name
    quantity: Count

    def as_line(self) -> Line:
        return Line(self.product_id, self.quantity)


class AskAvailability(WireModel):
    """Products somebody wants."""

    items: list[LineIn] = Field(min_length=1)


class LineAvailability(WireModel):
    """Whether a product is there in that quantity."""

    product_id: str
    requested: int
    available: bool
    available_quantity: int


class Availability(WireModel):
    """What is there of what was asked for, one item for each product."""

    items: list[LineAvailability]


class ProductOut(WireModel):
    """A product as the catalogue lists it, with its price."""

    product_id: str
    name: str
    unit_price: Money


class Products(WireModel):
    """Products of the catalogue."""

    items: list[ProductOut]


class Reserve(WireModel):
    """Stock to hold for an order."""

    order_id: Name
    items: list[LineIn] = Field(min_length=1)


class LineOut(WireModel):
    """A product and how many of it."""

    product_id: str
    quantity: int


class ReservationOut(WireModel):
    """Stock held for an order."""

    order_id: str
    state: str
    expires_at: Timestamp
    items: list[LineOut]

    @classmethod
    def of(cls, reservation: Reservation) -> Self:
        return cls(
            order_id=reservation.order_id,
            state=reservation.state.value,
            expires_at=reservation.expires_at,
            items=[LineOut(product_id=line.product_id, quantity=line.quantity) for line in reservation.lines],
        )
