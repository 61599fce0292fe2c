"""Figures about a running hub, for Prometheus and for the reference's metrics document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

if TYPE_CHECKING:
    from accord.hub.app.queue import QueueWorker

_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Measures:
    """Counts requests and webhooks."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "accord_hub_requests", "Requests answered", ["route", "method", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "accord_hub_request_seconds", "Time to answer", ["route"], buckets=_BUCKETS, registry=self.registry
        )
        self._sent = Gauge(
            "accord_hub_webhooks", "Tries of webhooks since the start", ["outcome"], registry=self.registry
        )
        self.worker: QueueWorker | None = None

    def observe(self, route: str, method: str, status: int, seconds: float) -> None:
        """One request was answered."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """All figures in Prometheus' format."""
        if self.worker is not None:
            self._sent.labels("success").set(self.worker.sent)
            self._sent.labels("failure").set(self.worker.failed)
        return generate_latest(self.registry)
