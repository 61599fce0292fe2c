"""The tables. Times are microseconds since 1970, ids grow with time; JSON is text, for both databases read it alike."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts up only what it calls INTEGER; PostgreSQL gets the wide type.
_ID = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[int]:
    return Column("id", _ID, primary_key=True, autoincrement=True)


def _to(table: str, name: str | None = None, *, nullable: bool = False, index: bool = False) -> Column[int]:
    return Column(
        name or f"{table[:-1]}_id",
        _ID,
        ForeignKey(f"{table}.id", ondelete="CASCADE"),
        nullable=nullable,
        index=index,
    )


def _time(name: str = "created_at", *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


# An id that was given once is never given again, even if its row is gone: URLs and results name it.
_NEVER_AGAIN: Any = {"sqlite_autoincrement": True}

participants = Table(
    "participants", metadata, _id(),
    Column("name", String, nullable=False, unique=True),
    Column("display_name", String, nullable=False),
    Column("repository_url", String),
    Column("repository_name", String),
    Column("repository_namespace", String),
    Column("main_branch", String),
    _time(), _time("updated_at", nullable=True),
    **_NEVER_AGAIN,
)  # fmt: skip

versions = Table(
    "versions", metadata, _id(), _to("participants"),
    Column("number", String, nullable=False),
    Column("build_url", String),
    _time(), _time("updated_at", nullable=True),
    UniqueConstraint("participant_id", "number"),
    Index("ix_versions_participant_id_id", "participant_id", "id"),
    **_NEVER_AGAIN,
)  # fmt: skip

branches = Table(
    "branches", metadata, _id(), _to("participants"),
    Column("name", String, nullable=False),
    # The version put on the branch last, which need not be the newest.
    Column("head_version_id", _ID, ForeignKey("versions.id", ondelete="SET NULL"), index=True),
    _time(),
    UniqueConstraint("participant_id", "name"),
)  # fmt: skip

branch_versions = Table(
    "branch_versions", metadata, _id(),
    Column("branch_id", _ID, ForeignKey("branches.id", ondelete="CASCADE"), nullable=False),
    _to("versions", index=True),
    _time(), _time("updated_at", nullable=True),
    UniqueConstraint("branch_id", "version_id"),
)  # fmt: skip

tags = Table(
    "tags", metadata,
    Column("version_id", _ID, ForeignKey("versions.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String, primary_key=True),
    _to("participants"), _time(),
    Index("ix_tags_participant_id_name_version_id", "participant_id", "name", "version_id"),
)  # fmt: skip

labels = Table(
    "labels", metadata,
    Column("participant_id", _ID, ForeignKey("participants.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String, primary_key=True, index=True),
    _time(), _time("updated_at", nullable=True),
)  # fmt: skip

contents = Table(
    "contents", metadata, _id(),
    _to("participants", "consumer_id"), _to("participants", "provider_id", index=True),
    Column("sha", String(40), nullable=False),
    Column("document", Text, nullable=False),
    _time(),
    UniqueConstraint("consumer_id", "provider_id", "sha"),
    **_NEVER_AGAIN,
)  # fmt: skip

publications = Table(
    "publications", metadata, _id(),
    _to("participants", "consumer_id"), _to("participants", "provider_id"),
    _to("versions"),
    Column("content_id", _ID, ForeignKey("contents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    _time(),
    UniqueConstraint("version_id", "provider_id"),
    Index("ix_publications_provider_id_consumer_id_version_id", "provider_id", "consumer_id", "version_id"),
    Index("ix_publications_consumer_id_version_id", "consumer_id", "version_id"),
    **_NEVER_AGAIN,
)  # fmt: skip

# What a version's pact said before it was merged: rows of publications that were replaced.
overwritten = Table(
    "overwritten", metadata, _id(),
    _to("publications", index=True),
    _to("contents", index=True),
    Column("revision", Integer, nullable=False),
    _time(),
)  # fmt: skip

# One row for each pair that ever had a pact: which pairs there are is asked in every question about a deployment.
integrations = Table(
    "integrations", metadata,
    Column("consumer_id", _ID, ForeignKey("participants.id", ondelete="CASCADE"), primary_key=True),
    Column("provider_id", _ID, ForeignKey("participants.id", ondelete="CASCADE"), primary_key=True, index=True),
    _time(),
)  # fmt: skip

verifications = Table(
    "verifications", metadata, _id(),
    Column("content_id", _ID, ForeignKey("contents.id", ondelete="CASCADE"), nullable=False),
    _to("versions", "provider_version_id", index=True),
    Column("success", Boolean, nullable=False),
    Column("build_url", String),
    Column("test_results", Text),
    Column("verified_by", Text),
    _time(),
    Index("ix_verifications_content_id_provider_version_id_id", "content_id", "provider_version_id", "id"),
    **_NEVER_AGAIN,
)  # fmt: skip

environments = Table(
    "environments", metadata, _id(),
    Column("uuid", String(36), nullable=False, unique=True),
    Column("name", String, nullable=False, unique=True),
    Column("display_name", String),
    Column("production", Boolean, nullable=False),
    Column("contacts", Text),
    Column("required_evidence", Text, nullable=False),
    _time(), _time("updated_at", nullable=True),
)  # fmt: skip

presences = Table(
    "presences", metadata, _id(),
    Column("uuid", String(36), nullable=False, unique=True),
    Column("released", Boolean, nullable=False),
    _to("versions", index=True), _to("participants"), _to("environments"),
    Column("target", String),
    Column("current", Boolean, nullable=False),
    _time(), _time("ended_at", nullable=True),
    Index("ix_presences_environment_id_participant_id_current", "environment_id", "participant_id", "current"),
    Index("ix_presences_participant_id_current", "participant_id", "current"),
)  # fmt: skip

evidence = Table(
    "evidence", metadata,
    Column("version_id", _ID, ForeignKey("versions.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("success", Boolean, nullable=False),
    Column("url", String),
    Column("details", Text),
    _time(), _time("updated_at", nullable=True),
)  # fmt: skip

webhooks = Table(
    "webhooks", metadata, _id(),
    Column("uuid", String, nullable=False, unique=True),
    Column("description", String),
    _to("participants", "consumer_id", nullable=True, index=True),
    _to("participants", "provider_id", nullable=True, index=True),
    Column("consumer_label", String), Column("provider_label", String),
    Column("enabled", Boolean, nullable=False),
    Column("request", Text, nullable=False),
    Column("events", Text, nullable=False),
    _time(), _time("updated_at", nullable=True),
)  # fmt: skip

# The queue of what is to be sent, and the record of what was.
triggered_webhooks = Table(
    "triggered_webhooks", metadata, _id(),
    Column("uuid", String(36), nullable=False, unique=True),
    Column("webhook_uuid", String, nullable=False),
    _to("webhooks", nullable=True, index=True),
    _to("participants", "consumer_id", nullable=True),
    _to("participants", "provider_id", nullable=True),
    Column("publication_id", _ID, ForeignKey("publications.id", ondelete="SET NULL"), index=True),
    Column("verification_id", _ID, ForeignKey("verifications.id", ondelete="SET NULL"), index=True),
    Column("event_name", String, nullable=False),
    Column("trigger_type", String, nullable=False),
    # The request with its variables filled in, so that a later change of the webhook does not change it.
    Column("request", Text, nullable=False),
    Column("context", Text, nullable=False),
    Column("status", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    _time("next_attempt_at", nullable=True),
    Column("claimed_by", String), _time("claimed_until", nullable=True),
    _time(),
    Index("ix_triggered_webhooks_status_next_attempt_at", "status", "next_attempt_at"),
    Index("ix_triggered_webhooks_consumer_id_provider_id", "consumer_id", "provider_id"),
)  # fmt: skip

webhook_attempts = Table(
    "webhook_attempts", metadata, _id(),
    _to("triggered_webhooks", "triggered_webhook_id", index=True),
    Column("success", Boolean, nullable=False),
    Column("status", Integer),
    Column("log", Text, nullable=False),
    _time(),
)  # fmt: skip

tokens = Table(
    "tokens", metadata, _id(),
    Column("name", String, nullable=False, unique=True),
    Column("secret_hash", String, nullable=False, unique=True),
    Column("role", String, nullable=False),
    _time(), _time("last_used_at", nullable=True),
)  # fmt: skip

audit = Table(
    "audit", metadata, _id(),
    Column("who", String, nullable=False),
    Column("method", String, nullable=False),
    Column("path", String, nullable=False),
    Column("status", Integer, nullable=False),
    Column("request_id", String, nullable=False),
    _time(),
    Index("ix_audit_created_at", "created_at"),
)  # fmt: skip
