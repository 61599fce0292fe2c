"""Templates of databases from a project's own migrations: Alembic, Django, SQL."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from textwrap import dedent
from typing import TYPE_CHECKING

import psycopg
import pytest

from accord.core.errors import ResourceError, UsageError
from accord.infra import Migrations

if TYPE_CHECKING:
    from pathlib import Path

    from accord.infra import PostgresServer


def tables(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return {name for (name,) in found}


def tables_made_by(server: PostgresServer, migrations: Migrations) -> set[str]:
    with server.database(server.template(*migrations)) as database:
        return tables(database.url)


# SQL


def test_a_folder_of_sql_runs_in_the_order_of_names(postgres_server: PostgresServer, tmp_path: Path) -> None:
    (tmp_path / "2.sql").write_text("ALTER TABLE orders ADD COLUMN total numeric; CREATE TABLE items (id int);")
    (tmp_path / "1.sql").write_text("CREATE TABLE orders (id int); -- 100%s sure\nINSERT INTO orders VALUES (1);")
    (tmp_path / "notes.txt").write_text("no SQL")
    assert tables_made_by(postgres_server, Migrations.sql(tmp_path)) == {"orders", "items"}


def test_the_key_of_sql_changes_with_a_file_and_not_with_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "1.sql"
    file.write_text("SELECT 1")
    before = Migrations.sql(file).key
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "1.sql").write_text("SELECT 1")
    assert Migrations.sql(other).key == before
    file.write_text("SELECT 2")
    assert Migrations.sql(file).key != before


def test_sql_that_fails_names_its_file(postgres_server: PostgresServer, tmp_path: Path) -> None:
    (tmp_path / "7.sql").write_text("CREATE TABEL orders ()")
    with pytest.raises(ResourceError, match=r'7\.sql: syntax error at or near "TABEL"'):
        postgres_server.template(*Migrations.sql(tmp_path))


def test_commands_of_psql_are_refused_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "dump.sql").write_text("SELECT 1;\n\\connect other\n")
    with pytest.raises(UsageError, match=r"dump\.sql:2: '\\\\connect other' is a command of psql"):
        Migrations.sql(tmp_path)


def test_sql_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file or folder"):
        Migrations.sql(tmp_path / "nowhere")
    with pytest.raises(UsageError, match=r"there is no \*\.sql in"):
        Migrations.sql(tmp_path)
    with pytest.raises(UsageError, match="at least one"):
        Migrations.sql()


# A function of the project


def test_a_function_with_the_folder_that_makes_its_key(postgres_server: PostgresServer, tmp_path: Path) -> None:
    def upgrade(url: str) -> None:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE orders (id int)")

    with pytest.raises(UsageError, match="there are no migrations in"):
        Migrations.by(upgrade, tmp_path)
    (tmp_path / "0001.py").write_text("1")
    before = Migrations.by(upgrade, tmp_path)
    assert tables_made_by(postgres_server, before) == {"orders"}
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "0001.pyc").write_text("compiled")
    assert Migrations.by(upgrade, tmp_path).key == before.key
    (tmp_path / "0001.py").write_text("2")
    assert Migrations.by(upgrade, tmp_path).key != before.key


# Alembic

ENV_SYNC = """
    import logging.config
    from alembic import context
    from sqlalchemy import engine_from_config
    logging.config.fileConfig(context.config.config_file_name)
    engine = engine_from_config(context.config.get_section("alembic"))
    with engine.connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()
"""
ENV_ASYNC = """
    import asyncio, os
    from alembic import context
    from sqlalchemy.ext.asyncio import create_async_engine
    def migrate(connection):
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
    async def run():
        engine = create_async_engine(os.environ["SHOP_DATABASE_URL"])
        async with engine.begin() as connection:
            await connection.run_sync(migrate)
        await engine.dispose()
    asyncio.run(run())
"""
VERSION = """
    from alembic import op
    import sqlalchemy as sa
    revision, down_revision = {revision!r}, {down!r}
    def upgrade():
        op.create_table({table!r}, sa.Column("id", sa.Integer, primary_key=True))
"""
INI = """
    [alembic]
    script_location = scripts
    sqlalchemy.url = {url}
    [loggers]
    keys = root
    [handlers]
    keys = console
    [formatters]
    keys =
    [logger_root]
    level = CRITICAL
    handlers = console
    [handler_console]
    class = StreamHandler
    args = (sys.stderr,)
"""


def make_alembic(folder: Path, env: str = ENV_SYNC, url: str = "postgresql+psycopg://u:p@h/d") -> Path:
    versions = folder / "scripts" / "versions"
    versions.mkdir(parents=True)
    (folder / "alembic.ini").write_text(dedent(INI).format(url=url))
    (folder / "scripts" / "env.py").write_text(dedent(env))
    add_version(folder, "one", None, "orders")
    add_version(folder, "two", "one", "items")
    return folder / "alembic.ini"


def add_version(folder: Path, revision: str, down: str | None, table: str) -> None:
    text = dedent(VERSION).format(revision=revision, down=down, table=table)
    (folder / "scripts" / "versions" / f"{revision}.py").write_text(text)


@pytest.mark.parametrize("url", ["postgresql+psycopg://u:p@h/d", "", "driver://user:pass@localhost/dbname"])
def test_alembic_runs_on_the_template(postgres_server: PostgresServer, tmp_path: Path, url: str) -> None:
    ini = make_alembic(tmp_path, url=url)
    assert tables_made_by(postgres_server, Migrations.alembic(ini)) == {"orders", "items", "alembic_version"}
    assert tables_made_by(postgres_server, Migrations.alembic(ini, revision="one")) == {"orders", "alembic_version"}


async def test_an_asynchronous_env_that_reads_the_environment_runs_within_a_loop(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    ini = make_alembic(tmp_path, ENV_ASYNC, "postgresql+asyncpg://")
    migrations = Migrations.alembic(ini, url_variable="SHOP_DATABASE_URL")
    assert "SHOP_DATABASE_URL" not in os.environ
    assert tables_made_by(postgres_server, migrations) >= {"orders", "items"}
    assert "SHOP_DATABASE_URL" not in os.environ


def test_alembic_leaves_logging_as_it_was(
    postgres_server: PostgresServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("shop.of.this.test")
    postgres_server.template(*Migrations.alembic(make_alembic(tmp_path)))
    logger.warning("still heard")
    assert "still heard" in caplog.text


def test_the_key_of_alembic_changes_with_a_new_version(tmp_path: Path) -> None:
    ini = make_alembic(tmp_path)
    before = Migrations.alembic(ini).key
    assert Migrations.alembic(ini).key == before
    add_version(tmp_path, "three", "two", "payments")
    assert Migrations.alembic(ini).key != before


def test_an_alembic_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no .*alembic\.ini"):
        Migrations.alembic(tmp_path / "alembic.ini")
    (tmp_path / "alembic.ini").write_text("[alembic]\n")
    with pytest.raises(UsageError, match="names no script_location"):
        Migrations.alembic(tmp_path / "alembic.ini")


# Django: a project of its own in a process of its own, because a process can have one only.

PROJECT = {
    "manage.py": "",
    "project/__init__.py": "",
    "project/settings.py": """
        SECRET_KEY = "x"
        INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
        DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "nowhere", "HOST": "127.0.0.1"},
                     "lite": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
        DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
        USE_TZ = True
    """,
    "shop/__init__.py": "",
    "shop/models.py": """
        from django.db import models
        class Order(models.Model):
            total = models.DecimalField(max_digits=12, decimal_places=2)
    """,
    "shop/migrations/__init__.py": "",
    "shop/migrations/0001_initial.py": """
        from django.db import migrations, models
        class Migration(migrations.Migration):
            initial = True
            operations = [migrations.CreateModel("Order", [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("total", models.DecimalField(max_digits=12, decimal_places=2))])]
    """,
    "pytest.ini": "[pytest]\nfilterwarnings = error\n",
    "conftest.py": """
        import pytest
        from accord.infra import Migrations
        from accord.infra.postgres.django_project import pointed_at

        @pytest.fixture(scope="session")
        def postgres_template():
            return Migrations.django("project.settings")

        @pytest.fixture
        def django(postgres):
            with pointed_at(postgres.url):
                yield
    """,
    "test_orders.py": """
        import pytest

        @pytest.mark.parametrize("number", range(3))
        @pytest.mark.parametrize("word", ["clone", "truncate", "delete", "schema"])
        def test_orders(request, word, number):
            request.node.add_marker(pytest.mark.postgres(word))
            request.getfixturevalue("django")
            from django.contrib.auth.models import User
            from django.contrib.contenttypes.models import ContentType
            from shop.models import Order
            assert Order.objects.count() == User.objects.count() == 0
            assert ContentType.objects.count() > 3
            Order.objects.create(total="10.50")
            User.objects.create_user("ada")

        def test_errors():
            from accord.core.errors import UsageError
            from accord.infra import Migrations
            from accord.infra.postgres.django_project import pointed_at
            Migrations.django("project.settings")
            for database, words in (("other", "no database 'other'; there are default, lite"), ("lite", "is one of sqlite")):
                with pytest.raises(UsageError, match=words), pointed_at("postgresql://h/d", database):
                    pass
    """,
}


def test_a_django_project_runs_on_databases_of_its_migrations(tmp_path: Path) -> None:
    for name, text in PROJECT.items():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(dedent(text))
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "ACCORD_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "accord.pytest_plugin"],
        cwd=tmp_path, env={**environment, "PYTHONPATH": str(tmp_path), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert "13 passed" in done.stdout, done.stdout + done.stderr


def test_django_without_settings_says_what_to_do() -> None:
    program = "from accord.infra import Migrations; Migrations.django()"
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert 'Migrations.django("project.settings"), or set DJANGO_SETTINGS_MODULE' in done.stderr
