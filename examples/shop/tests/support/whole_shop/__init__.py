"""The whole shop as it runs in earnest: a process for each service, real databases, a real bus; for `make shop` and e2e."""

from whole_shop.shop import WholeShop

__all__ = ["WholeShop"]
