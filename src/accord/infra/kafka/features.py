"""What a broker that speaks Kafka's protocol may lack, so that a test that needs it is refused and not misled."""

from __future__ import annotations

import difflib

from accord.core.errors import UsageError

FEATURES = {
    "transactions": "producing to several topics, and committing offsets, as one",
    "idempotence": "producers that number their messages, so that none is written twice (enable_idempotence)",
    "group-offsets": "reading a group's committed offsets through the administration (list_consumer_group_offsets)",
    "consumer-protocol": "the newer protocol of groups, KIP-848 (group.protocol=consumer)",
    "durability": "messages that survive a restart of the broker",
}
TANSU_LACKS = frozenset(FEATURES)


def refuse(feature: str, *, lacks: frozenset[str], broker: str) -> None:
    """Raise when the broker lacks the feature.

    Raises:
        UsageError: it does, or there is no such feature.
    """
    if feature not in FEATURES:
        near = difflib.get_close_matches(feature, FEATURES, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(FEATURES)}"
        raise UsageError(f"unknown feature of Kafka {feature!r}; {hint}")
    if feature in lacks:
        raise UsageError(
            f"this test needs {feature} ({FEATURES[feature]}), and the broker here, {broker}, does not do that. Run it "
            'with Apache Kafka: provider = "apache" in [tool.accord.kafka], or ACCORD_KAFKA_PROVIDER=apache.'
        )
