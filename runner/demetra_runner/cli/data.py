"""Commands about data: `ingest`, `show`, `export`, `db`."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import fill
from typing import Annotated, Any

import typer

from demetra.errors import NoDataError, ParameterError, Problem
from demetra.settings import Settings
from demetra_runner.cli.output import Format, print_frame, print_json

database = typer.Typer(help="The database: its address, its migrations.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(ingest)
    app.command()(show)
    app.command()(export)
    app.add_typer(database, name="db")


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="CSV, TSV or XLSX files, gzip or not", metavar="PATH…")],
    source: Annotated[str | None, typer.Option(help="The source that the rows belong to")] = None,
    mapping: Annotated[list[str] | None, typer.Option("--map", help="OURS=THEIRS; remembered per source")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show how each column is read; load nothing")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON")] = False,
) -> None:
    """Load files. Bad rows are set aside with a reason; a file that cannot be understood loads nothing (exit 2)."""
    from demetra.ingest import ingest_files
    from demetra.rules import read_rules
    from demetra.store.engine import open_engine
    from demetra_runner.cli.import_report import describe_import

    settings = Settings.from_environment()
    report = ingest_files(
        open_engine(settings),
        paths,
        source=source,
        mapping=parse_mapping(mapping or []),
        currency=read_rules(settings.rules_file).account.currency,
        dry_run=dry_run,
        progress=(lambda text: typer.echo(f"  {text}", err=True)) if sys.stderr.isatty() else None,
    )
    if as_json:
        print_json(report.as_json())
    else:
        typer.echo(describe_import(report))


def show(
    table: Annotated[str, typer.Argument(help="Which published table; a wrong name lists them all")],
    form: Annotated[Format, typer.Option("--format", help="How to print it")] = Format.table,
) -> None:
    """Print a published table."""
    from demetra.store.engine import open_engine
    from demetra.store.published import SHOWABLE, read_published, snapshot

    if table not in SHOWABLE:
        problem = Problem("TABLE", repr(table), "one of " + ", ".join(SHOWABLE))
        raise ParameterError("There is no such table", [problem])
    with snapshot(open_engine(Settings.from_environment())) as connection:
        found = read_published(connection, table)
    if table == "track-record" and found.empty:
        from demetra.words import ENGLISH

        typer.echo(ENGLISH("trust.nothing_due"), err=True)
    if table == "recommendations" and form is Format.table and len(found):
        from demetra_runner.serialise import as_records

        _print_advice(as_records(found)[0])
    else:
        print_frame(found, form)


def _print_advice(written: dict[str, Any]) -> None:
    """Texts are to be read: paragraphs, and not a row of a table."""
    from demetra.reports.advice_text import lay_out_advice

    advice = lay_out_advice(written)
    typer.echo(fill(advice.summary))
    for section in advice.sections:
        typer.echo(f"\n{section.title.upper()}")
        for name, texts in section.entries:
            typer.echo("\n".join([name, *(fill(text, initial_indent="  ", subsequent_indent="  ") for text in texts)]))
    typer.echo(f"\n{advice.author}")


def export(
    kind: Annotated[str, typer.Argument(help="xlsx, pdf or html", metavar="xlsx|pdf|html")],
    out: Annotated[Path, typer.Option("--out", help="The file to write; one of that name is replaced", metavar="PATH")],
    language: Annotated[str, typer.Option(help="Of the labels and the sentences", metavar="en|ru")] = "en",
) -> None:
    """Write what is published as a report: key figures, charts, tables, alerts, recommendations."""
    from demetra.reports.files import KINDS, write_file
    from demetra.results import read_published_results
    from demetra.words import LANGUAGES, Words

    wrong = [
        Problem(name, repr(found), "one of " + ", ".join(known))
        for name, found, known in (("KIND", kind, KINDS), ("--language", language, LANGUAGES))
        if found not in known
    ]
    if wrong:
        raise ParameterError("There is no such report", wrong)
    published = read_published_results(Settings.from_environment())
    if published.is_empty:
        raise NoDataError("The report", "Nothing has been published yet: run `demetra sync`.")
    try:
        write_file(published, kind, out, words=Words(language))
    except OSError as error:
        problem = Problem("--out", str(out), f"a file that can be written ({error.strerror})")
        raise ParameterError("The report was not written", [problem]) from error
    typer.echo(f"Data until {published.as_of}: {out}")


@database.command("url")
def db_url() -> None:
    """Print the connection URL in use."""
    from demetra.store.engine import current_url

    typer.echo(current_url(Settings.from_environment()))


@database.command("upgrade")
def db_upgrade() -> None:
    """Apply the migrations that are still missing."""
    from demetra.store.engine import open_engine, upgrade

    upgrade(open_engine(Settings.from_environment(), migrate=False))
    typer.echo("The database is up to date.")


def parse_mapping(pairs: list[str]) -> dict[str, str]:
    """`OURS=THEIRS` pairs as a mapping; all ill-formed ones are told at once."""
    problems = [Problem("--map", repr(pair), "OURS=THEIRS, e.g. spend=Cost") for pair in pairs if "=" not in pair]
    if problems:
        raise ParameterError("The column map cannot be used", problems)
    return {ours.strip(): theirs.strip() for ours, theirs in (pair.split("=", 1) for pair in pairs)}
