"""Counters of the proxies in Prometheus' text format; there are as many as there are proxies, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.faults.toxics import DOWNSTREAM, UPSTREAM

if TYPE_CHECKING:
    from accord.faults.proxies import ProxyCollection


def metrics_text(proxies: ProxyCollection) -> str:
    """The counters: bytes under Toxiproxy's names, connections under Accord's."""
    lines: list[str] = []
    for name, what in (("received", "taken from one side"), ("sent", "given to the other side")):
        metric = f"toxiproxy_proxy_{name}_bytes_total"
        lines += [f"# HELP {metric} Bytes {what}.", f"# TYPE {metric} counter"]
        for proxy in proxies:
            for direction in (UPSTREAM, DOWNSTREAM):
                labels = _labels(direction=direction, listener=proxy.listen, proxy=proxy.name, upstream=proxy.upstream)
                lines.append(f"{metric}{labels} {getattr(proxy.traffic, name)[direction]}")
    for name, kind, what in (
        ("connections_total", "counter", "Connections accepted."),
        ("connections_refused_total", "counter", "Connections that did not reach the upstream."),
        ("connections_open", "gauge", "Connections open now."),
    ):
        metric = f"accord_faults_{name}"
        lines += [f"# HELP {metric} {what}", f"# TYPE {metric} {kind}"]
        for proxy in proxies:
            value = {
                "connections_total": proxy.traffic.connections,
                "connections_refused_total": proxy.traffic.refused,
                "connections_open": proxy.open_connections,
            }[name]
            lines.append(f"{metric}{_labels(proxy=proxy.name)} {value}")
    return "\n".join(lines) + "\n"


def _labels(**labels: str) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
