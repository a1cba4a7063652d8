"""The migrations make exactly the tables of `demetra.store.tables`, on a real server, and take them away again."""

from __future__ import annotations

import datetime as dt
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import IntegrityError

from demetra.errors import DatabaseUnavailableError
from demetra.settings import Secret, Settings
from demetra.store import revisions, tables
from demetra.store.engine import open_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import Engine


RELATIONS = """
    SELECT n.nspname, c.relname, c.relkind::text, c.relpersistence::text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'staging') AND c.relname NOT LIKE 'alembic_version%'
"""
CONSTRAINTS = """
    SELECT n.nspname, c.relname, o.conname, pg_get_constraintdef(o.oid)
    FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'staging') AND c.relname <> 'alembic_version'
"""
COLUMNS = """
    SELECT table_schema, table_name, ordinal_position, column_name, data_type, numeric_precision, numeric_scale,
           is_nullable, column_default, is_identity, identity_generation
    FROM information_schema.columns
    WHERE table_schema IN ('public', 'staging') AND table_name <> 'alembic_version'
"""
INDEXES = "SELECT schemaname, indexname, indexdef FROM pg_indexes WHERE schemaname IN ('public', 'staging')"


def rows(engine: Engine, query: str) -> set[tuple[object, ...]]:
    with engine.connect() as connection:
        return {tuple(row) for row in connection.execute(sa.text(query))}


@pytest.fixture
def bare(engine: Engine) -> Engine:
    """A database from which the migrations have been taken back."""
    revisions.downgrade(engine, "base")
    return engine


def test_up_makes_what_the_models_make(engine: Engine, bare: Engine) -> None:
    revisions.upgrade(bare)
    queries = (RELATIONS, CONSTRAINTS, COLUMNS, INDEXES)
    migrated = [rows(engine, query) for query in queries]
    revisions.downgrade(engine, "base")
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE alembic_version"))
        connection.execute(sa.schema.CreateSchema(tables.STAGING))
        tables.metadata.create_all(connection)
    made = [rows(engine, query) for query in queries]
    for found, expected in zip(migrated, made, strict=True):
        without_version = {row for row in found if "alembic_version_pkc" not in row}
        assert without_version == expected


def test_alembic_sees_no_difference_to_the_models(engine: Engine) -> None:
    wishes = {"include_schemas": True, "compare_type": True, "compare_server_default": True}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=wishes)
        assert compare_metadata(context, tables.metadata) == []


def test_down_leaves_nothing(bare: Engine) -> None:
    assert rows(bare, RELATIONS) == set()
    assert rows(bare, "SELECT nspname FROM pg_namespace WHERE nspname = 'staging'") == set()


def test_staging_is_unlogged_and_nothing_else_is(engine: Engine) -> None:
    kept = {(schema, kind) for schema, _, relation, kind in rows(engine, RELATIONS) if relation == "r"}
    assert kept == {("public", "p"), ("staging", "u")}


def test_a_current_database_is_left_alone(engine: Engine) -> None:
    before = rows(engine, "SELECT oid FROM pg_class")
    revisions.upgrade(engine)
    assert rows(engine, "SELECT oid FROM pg_class") == before


def test_threads_may_upgrade_at_once(bare: Engine) -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(revisions.upgrade, [bare] * 3))
    with bare.connect() as connection:
        assert revisions.current_revision(connection) == revisions.head_revision()


def test_processes_upgrade_one_at_a_time(bare: Engine) -> None:
    key = 0x44454D4554524130
    with ThreadPoolExecutor(1) as pool, bare.connect() as other:
        other.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": key})
        upgrading = pool.submit(revisions.upgrade, bare)
        with pytest.raises(TimeoutError):
            upgrading.result(timeout=0.3)
        other.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": key})
        upgrading.result(timeout=20)


def test_tables_of_a_newer_version_are_refused(settings: Settings, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnavailableError, match=r"revision 9999, newer than .* Install the newer"):
        open_engine(settings)


def test_a_database_that_holds_something_else_is_refused_and_kept(bare: Engine) -> None:
    with bare.begin() as connection:
        connection.execute(sa.text("CREATE TABLE campaigns (mine int)"))
    with pytest.raises(DatabaseUnavailableError, match=r'"campaigns" already exists.* a database of its own'):
        revisions.upgrade(bare)
    assert rows(bare, RELATIONS) == {("public", "campaigns", "r", "p")}


def test_a_role_that_may_not_create_tables_is_told_what_it_lacks(bare: Engine) -> None:
    with bare.begin() as connection:
        connection.execute(sa.text("DROP TABLE alembic_version"))
        connection.execute(sa.text("DROP ROLE IF EXISTS reader"))
        connection.execute(sa.text("CREATE ROLE reader LOGIN"))
    reader = sa.create_engine(bare.url.set(username="reader"), poolclass=sa.NullPool)
    with pytest.raises(DatabaseUnavailableError, match=r"permission denied for schema public.* GRANT CREATE .* reader"):
        revisions.upgrade(reader)


def test_the_next_migration_is_drafted_from_what_the_tables_lack(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE budgets DROP COLUMN source"))
    directory = shutil.copytree(revisions.MIGRATIONS, tmp_path / "migrations")
    written = revisions.draft(engine, "Budgets know their source", directory=directory)
    assert int(written.name.partition("_")[0]) == int(revisions.head_revision()) + 1
    assert 'op.add_column("budgets", sa.Column("source"' in written.read_text().replace("'", '"')


def test_each_migration_is_named_by_its_revision_and_follows_the_one_before() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(revisions.MIGRATIONS))
    scripts = list(ScriptDirectory.from_config(config).walk_revisions())[::-1]
    expected = [f"{number:04}" for number in range(1, len(scripts) + 1)]
    assert [script.revision for script in scripts] == expected
    assert [script.path.rpartition("/")[2].partition("_")[0] for script in scripts] == expected
    assert scripts[-1].revision == revisions.head_revision()


@pytest.fixture(scope="module")
def untouched(copy_database: Callable[[], AbstractContextManager[str]]) -> Iterator[Engine]:
    """One database for all tests whose rows are refused."""
    with copy_database() as url:
        engine = open_engine(Settings(database_url=Secret(url)))
        yield engine
        engine.dispose()


MEASURES = ["spend", "conversions", "clicks", "impressions", "reach", "engagements"]


@pytest.mark.parametrize("measure", MEASURES)
def test_no_measure_is_negative(untouched: Engine, measure: str) -> None:
    day = {"channel": "Telegram", "date": dt.date(2026, 1, 1), "spend": 1, "rows": 1} | {measure: -1}
    with (
        pytest.raises(IntegrityError, match=f"ck_channel_daily_{measure}_not_negative"),
        untouched.begin() as connection,
    ):
        connection.execute(sa.insert(tables.channel_daily), day)


def test_revenue_may_be_negative_because_of_refunds(untouched: Engine) -> None:
    day = {"channel": "Telegram", "date": dt.date(2026, 1, 1), "spend": 1, "rows": 1, "revenue": -1}
    with untouched.connect() as connection:
        connection.execute(sa.insert(tables.channel_daily), day)


REFUSED = {
    "ck_campaigns_spend_not_negative": (
        "INSERT INTO campaigns (row_key, import_id, source, channel, campaign_id, date, currency, spend) "
        "VALUES (gen_random_uuid(), 1, 'file', 'Telegram', 'a', '2026-01-01', 'USD', -0.01)"
    ),
    "fk_campaigns_import_id": (
        "INSERT INTO campaigns (row_key, import_id, source, channel, campaign_id, date, currency, spend) "
        "VALUES (gen_random_uuid(), 1, 'file', 'Telegram', 'a', '2026-01-01', 'USD', 1)"
    ),
    "ck_imports_rows_accounted_for": (
        "INSERT INTO imports (source, file_name, sha256, format, rows_read, rows_loaded, rows_merged, rows_rejected, "
        "rows_changed, seconds) VALUES ('file', 'a.csv', '', 'canonical', 3, 1, 1, 0, 0, 0)"
    ),
    "ck_budgets_month_is_first_day": "INSERT INTO budgets VALUES ('Telegram', '2026-01-02', 1, 'file')",
    "ck_budgets_amount_not_negative": "INSERT INTO budgets VALUES ('Telegram', '2026-01-01', -1, 'file')",
    "ck_runs_status_known": "INSERT INTO runs (id, trigger, status) VALUES ('a', 'sync', 'done')",
    "uq_runs_queued_options": (
        "INSERT INTO runs (id, trigger, status) VALUES ('a', 'sync', 'queued'), ('b', 'api', 'queued')"
    ),
    "fk_publications_run_id": (
        "INSERT INTO publications (step, run_id, as_of, demo, fingerprint) "
        "VALUES ('roi-forecast', 'a', '2026-01-01', false, '')"
    ),
    "uq_alerts_open": (
        "INSERT INTO alerts (alert_type, severity, channel, message, action, first_seen, last_seen, occurrences, "
        "worst, run_id) SELECT 'roi_drop', 'high', 'Telegram', '', '', now(), now(), 1, '[]', 'a' "
        "FROM generate_series(1, 2)"
    ),
}


@pytest.mark.parametrize("constraint", REFUSED)
def test_the_database_itself_refuses(untouched: Engine, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), untouched.begin() as connection:
        connection.execute(sa.text(REFUSED[constraint]))
