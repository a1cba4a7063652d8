import sqlalchemy as sa


def test_a_fresh_database_has_the_tables(engine):
    assert "campaigns" in sa.inspect(engine).get_table_names()


def test_a_fresh_database_has_the_tables2(engine):
    assert "campaigns" in sa.inspect(engine).get_table_names()
