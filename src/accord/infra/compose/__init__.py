"""Compose files brought up without containers: a file becomes a plan, a plan becomes servers held by a keeper."""
