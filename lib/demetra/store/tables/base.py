"""What all tables have in common: one catalogue of them, their types, and the columns that many have."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, DateTime, MetaData, Numeric, Text, func

STAGING = "staging"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Money = Numeric(20, 6)
Moment = DateTime(timezone=True)


def created_at() -> Column[Any]:
    """When the row was written; the server says it."""
    return Column("created_at", Moment, nullable=False, server_default=func.now())


def run_key() -> Column[Any]:
    """The run that a row is from; no foreign key, for results outlive the pruning of runs."""
    return Column("run_id", Text, primary_key=True)
