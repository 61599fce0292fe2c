"""A database and a role for each service: a query into another's tables fails."""

import psycopg
from psycopg import sql

from accord.infra import PostgresServer
from whole_shop.services import Service


def make_database(server: PostgresServer, service: Service) -> str:
    """Make a service's database, bring it up to date, and give its URL."""
    name = sql.Identifier(service.name)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))
        connection.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(name))
    url = f"postgresql://{service.name}@{server.host}:{server.port}/{service.name}"
    service.migrate(url)
    return url
