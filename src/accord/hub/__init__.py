"""The hub: a Pact-Broker-compatible server that explains its answers, and the client for it.

wire      plain values both sides know; no framework
client    asks a hub (or any Pact Broker)
domain    decisions as pure functions: identity, selection, the matrix, messages
storage   the tables, on SQLite and PostgreSQL
service   what a request does, in one transaction
web       HTTP: routes, HAL documents, pages
app       one process of it all: settings, server, background work
"""
