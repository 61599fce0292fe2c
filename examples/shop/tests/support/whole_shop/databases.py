"""A database and a role for each service: a query into another's tables fails."""

from collections.abc import Iterable, Mapping

import psycopg
from psycopg import sql

from accord.infra import PostgresServer
from whole_shop.services import Service


def make_databases(server: PostgresServer, services: Iterable[Service]) -> Mapping[str, str]:
    """Make them and bring them up to date.

    Returns:
        The URL of each service's database, by the service's name.
    """
    chosen = [service for service in services if service.has_database]
    with psycopg.connect(server.url, autocommit=True) as connection:
        for service in chosen:
            name = sql.Identifier(service.name)
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))
            connection.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(name))
    urls = {
        service.name: f"postgresql://{service.name}@{server.host}:{server.port}/{service.name}" for service in chosen
    }
    for service in chosen:  # one after the other: Alembic's context is one for the whole process
        service.migrate(urls[service.name])
    return urls
