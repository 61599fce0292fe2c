import pytest

from shop.identity.domain.errors import InvalidUserError
from shop.identity.domain.user import User, check_password, normalized


@pytest.mark.parametrize("email", ["ada@example.com", "  Ada@Example.COM ", "ada@EXAMPLE.com"])
def test_one_address_is_written_in_many_ways(email: str) -> None:
    assert normalized(email) == "ada@example.com"


@pytest.mark.parametrize(
    "email",
    ["", "ada", "ada@", "@example.com", "ada@example", "a b@example.com", "ada@@example.com", "ada@.com", "a\n@b.c"],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(InvalidUserError, match="This is no email address"):
        normalized(email)


def test_an_address_has_an_end() -> None:
    with pytest.raises(InvalidUserError):
        normalized("a@" + "b" * 300 + ".com")


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_name_is_needed(name: str) -> None:
    with pytest.raises(InvalidUserError, match="A name has 1 to 100 characters"):
        User.create("1", name, "ada@example.com", "", frozenset())


@pytest.mark.parametrize("length", [0, 7, 129, 10_000])
def test_a_password_is_neither_short_nor_endless(length: int) -> None:
    with pytest.raises(InvalidUserError, match="A password has 8 to 128 characters"):
        check_password("x" * length)


@pytest.mark.parametrize("length", [8, 128])
def test_a_password_of_the_right_length_will_do(length: int) -> None:
    check_password("x" * length)
