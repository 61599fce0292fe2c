"""What pact files say for plugins of Pact: which interaction calls what, and the data of all in the file's metadata.

Plain JSON, no protobuf: files with gRPC calls are read, merged and written also where the extra is not installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.contract.model import SyncMessage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from accord.contract.model import Interaction

PROTOBUF = "protobuf"
"""Name of the plugin of Pact for gRPC and protobuf, whose form of a pact file is ours too."""

_PLUGIN_VERSION = "0.5.0"
"""The oldest version of it that is to read our files: earlier ones know no full names of services and messages."""


def called_service(interaction: Interaction) -> str | None:
    """``package.Service/Method`` of a gRPC call, with or without a leading dot; None where it is something else."""
    if not isinstance(interaction, SyncMessage):
        return None
    configuration = interaction.extra.get("pluginConfiguration")
    protobuf = configuration.get(PROTOBUF) if isinstance(configuration, dict) else None
    service = protobuf.get("service") if isinstance(protobuf, dict) else None
    return service if isinstance(service, str) else None


def descriptors_of(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The serialized protobuf descriptors in a pact file's metadata, base64, by their key."""
    plugins = metadata.get("plugins")
    for plugin in plugins if isinstance(plugins, list) else ():
        configuration = plugin.get("configuration") if isinstance(plugin, dict) else None
        if isinstance(configuration, dict) and plugin.get("name") == PROTOBUF:
            return {key: each.get("protoDescriptors") for key, each in configuration.items() if isinstance(each, dict)}
    return {}


def protobuf_plugin(key: str, descriptors: str) -> dict[str, Any]:
    """The entry of a pact file's ``metadata.plugins`` that carries protobuf descriptors."""
    return {"name": PROTOBUF, "version": _PLUGIN_VERSION, "configuration": {key: {"protoDescriptors": descriptors}}}


def merged_plugins(
    listed: Iterable[Mapping[str, Any]], interactions: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The plugins of several interactions and files in one; descriptors that nobody uses any more are gone."""
    merged: dict[str, dict[str, Any]] = {}
    for plugin in listed:
        name = str(plugin.get("name"))
        known = merged.setdefault(name, {**plugin, "configuration": {}})
        configuration = plugin.get("configuration")
        known["configuration"] |= configuration if isinstance(configuration, dict) else {}
    used = {_descriptor_key(interaction) for interaction in interactions}
    if PROTOBUF in merged:
        configuration = merged[PROTOBUF]["configuration"]
        merged[PROTOBUF]["configuration"] = {key: configuration[key] for key in sorted(configuration) if key in used}
        if not merged[PROTOBUF]["configuration"]:
            del merged[PROTOBUF]
    return [merged[name] for name in sorted(merged)]


def _descriptor_key(interaction: Mapping[str, Any]) -> Any:
    configuration = interaction.get("pluginConfiguration")
    protobuf = configuration.get(PROTOBUF) if isinstance(configuration, dict) else None
    return protobuf.get("descriptorKey") if isinstance(protobuf, dict) else None
