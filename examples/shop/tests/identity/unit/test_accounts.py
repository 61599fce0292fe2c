import pytest
from shop_doubles.identity import PASSWORD, FakeHasher, FakeIssuer, FakeUserRepository

from shop.identity.domain.errors import EmailTakenError, InvalidUserError, UserNotFoundError, WrongCredentialsError
from shop.identity.service.accounts import Accounts


class Service:
    """Accounts and their doubles."""

    def __init__(self) -> None:
        self.repository = FakeUserRepository()
        self.hasher = FakeHasher()
        self.accounts = Accounts(self.repository, self.hasher, FakeIssuer(), new_id=lambda: "user-1")


async def test_who_registered_can_log_in() -> None:
    service = Service()
    user = await service.accounts.register("Ada", "Ada@Example.com", PASSWORD)
    session = await service.accounts.log_in(" ada@example.com", PASSWORD)
    assert (session.user_id, session.access_token) == (user.id, "token of user-1")
    assert await service.accounts.user("user-1") == user


async def test_no_password_is_stored() -> None:
    service = Service()
    await service.accounts.register("Ada", "ada@example.com", PASSWORD)
    assert PASSWORD not in repr(service.repository.users)


async def test_an_address_is_registered_once() -> None:
    service = Service()
    await service.accounts.register("Ada", "ada@example.com", PASSWORD)
    with pytest.raises(EmailTakenError, match="registered already"):
        await service.accounts.register("Other", "ADA@example.com", PASSWORD)


@pytest.mark.parametrize(
    ("name", "email", "password"),
    [("", "ada@example.com", PASSWORD), ("Ada", "ada", PASSWORD), ("Ada", "ada@example.com", "short")],
)
async def test_what_will_not_do_is_refused_before_the_hash_is_made(name: str, email: str, password: str) -> None:
    service = Service()
    with pytest.raises(InvalidUserError):
        await service.accounts.register(name, email, password)
    assert service.repository.users == {}


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.com", "wrong password"),
        ("ada@example.com", "x"),
        ("nobody@example.com", PASSWORD),
        ("no address", PASSWORD),
    ],
)
async def test_nobody_is_told_what_was_wrong(email: str, password: str) -> None:
    service = Service()
    await service.accounts.register("Ada", "ada@example.com", PASSWORD)
    with pytest.raises(WrongCredentialsError, match="Wrong email address or password"):
        await service.accounts.log_in(email, password)


async def test_an_unknown_address_costs_as_much_as_a_wrong_password() -> None:
    service = Service()
    with pytest.raises(WrongCredentialsError):
        await service.accounts.log_in("nobody@example.com", PASSWORD)
    assert service.hasher.asked == 1


async def test_there_is_no_such_user() -> None:
    with pytest.raises(UserNotFoundError):
        await Service().accounts.user("user-9")
