"""What a visitor finds in the shop: a customer, and something to buy."""

from dataclasses import dataclass

import httpx

STAFF = {"Authorization": "Bearer test-token"}


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who is registered, and logged in."""

    user_id: str
    token: str
    email: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def put_on_shelf(gateway: str, product_id: str, quantity: int, *, name: str = "Widget", price: float = 10.0) -> None:
    """Say how many of a product there are, and what it costs."""
    body = {"quantity": quantity, "name": name, "unitPrice": price}
    httpx.put(f"{gateway}/api/inventory/{product_id}", json=body, headers=STAFF).raise_for_status()


def customer(
    gateway: str,
    email: str = "e2e-test@example.com",
    password: str = "test-password",
    *,
    pays_by: str | None = None,
) -> Customer:
    """Register somebody, unless they are registered, and log them in.

    Args:
        gateway: where the shop is.
        email: theirs.
        password: theirs.
        pays_by: the token of a card that is kept for them, with which their orders are paid at once.
    """
    who = {"name": "Ada", "email": email, "password": password}
    httpx.post(f"{gateway}/api/users", json=who)
    answer = httpx.post(f"{gateway}/auth/login", json={"email": email, "password": password}).raise_for_status().json()
    found = Customer(answer["userId"], answer["accessToken"], email)
    if pays_by:
        method = {"type": "card", "token": pays_by}
        url = f"{gateway}/api/users/{found.user_id}/payment-method"
        httpx.put(url, json=method, headers=found.headers).raise_for_status()
    return found
