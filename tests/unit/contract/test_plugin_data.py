"""The data of plugins in a pact file."""

from __future__ import annotations

from typing import Any

from accord.contract.plugin_data import descriptors_of, merged_plugins, protobuf_plugin


def calling(key: str) -> dict[str, Any]:
    return {"pluginConfiguration": {"protobuf": {"descriptorKey": key, "service": ".a.B/C"}}}


def test_descriptors_of_several_calls_stand_once_each() -> None:
    listed = [protobuf_plugin("b", "B"), protobuf_plugin("a", "A"), protobuf_plugin("b", "B")]
    (merged,) = merged_plugins(listed, [calling("a"), calling("b")])
    assert merged["configuration"] == {"a": {"protoDescriptors": "A"}, "b": {"protoDescriptors": "B"}}
    assert descriptors_of({"plugins": [merged]}) == {"a": "A", "b": "B"}


def test_descriptors_that_no_call_uses_are_left_out() -> None:
    listed = [protobuf_plugin("old", "O"), protobuf_plugin("new", "N")]
    (merged,) = merged_plugins(listed, [calling("new"), {}])
    assert list(merged["configuration"]) == ["new"]
    assert merged_plugins(listed, [{}]) == []


def test_other_plugins_stay_as_they_are() -> None:
    other = {"name": "csv", "version": "1", "configuration": {"a": 1}}
    assert merged_plugins([other], [{}]) == [other]


def test_metadata_without_plugins_or_with_something_else_holds_no_descriptors() -> None:
    for metadata in ({}, {"plugins": 3}, {"plugins": [3, {"name": "protobuf"}, {"configuration": {"a": {}}}]}):
        assert descriptors_of(metadata) == {}
