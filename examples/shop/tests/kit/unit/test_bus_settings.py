import pytest

from shop.kit.bus import BusSettings, Delivery
from shop.kit.settings import SettingsError, Variables


def test_reads_the_variables_that_all_services_share() -> None:
    values = {
        "SHOP_BUS_URL": "kafka://127.0.0.1:9092",
        "SHOP_BUS_PREFIX": "test",
        "SHOP_BUS_MOST_DELIVERIES": "3",
        "SHOP_BUS_ACKNOWLEDGE_SECONDS": "2",
        "SHOP_BUS_MISSED_SECONDS": "6",
        "SHOP_BUS_TRY_AGAIN_MS": "200",
        "SHOP_BUS_ANSWER_MS": "1500",
    }
    assert BusSettings.of(Variables(values)) == BusSettings("kafka://127.0.0.1:9092", "test", 3, 2, 6, 0.2, 1.5)


def test_without_variables_there_is_no_bus() -> None:
    assert BusSettings.of(Variables({})).url is None


def test_refuses_a_bus_that_it_does_not_know() -> None:
    with pytest.raises(SettingsError, match=r"SHOP_BUS_URL: expected nats://"):
        BusSettings.of(Variables({"SHOP_BUS_URL": "amqp://guest:secret@127.0.0.1"}))


def test_waits_longer_each_time_and_never_too_long() -> None:
    delays = [Delivery("any", b"", number=number).delay for number in (1, 2, 3, 8, 1_000_000)]
    assert delays == [0.1, 0.2, 0.4, 5.0, 5.0]
