"""Postgres: the only part that knows SQL and the driver."""
