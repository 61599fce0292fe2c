"""Accord: the testing platform for microservices. Everything public is importable from here, and loads when used."""

from __future__ import annotations
