from __future__ import annotations

import pytest

from tests.grpc_code.quotes import Quotes, generated


@pytest.fixture(scope="session")
def quotes() -> Quotes:
    return generated()
