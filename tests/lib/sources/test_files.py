from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest
from file_cases import HEADER, ROW, read, reasons, refusal, row, values, write
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from demetra.errors import UnreadableFileError
from demetra.sources.files import read_file

SOCIAL_HEADER = (
    "Campaign_ID,Target_Audience,Campaign_Goal,Duration,Channel_Used,Conversion_Rate,Acquisition_Cost,ROI,Location,"
    "Language,Clicks,Impressions,Engagement_Score,Customer_Segment,Date,Company"
)
SOCIAL_ROW = (
    "529013,Men 35-44,Product Launch,15 Days,Instagram,0.15,$500.00,5.79,Las Vegas,Spanish,503,3000,7,Health,"
    "2022-02-25,Aura Align"
)


def test_a_canonical_file_imports_as_it_is(tmp_path: Path):
    parsed = read(tmp_path, ROW)
    assert (parsed.rows_read, parsed.rows_loaded, parsed.rows_merged, parsed.rejected) == (1, 1, 0, ())
    assert parsed.rows.to_pylist()[0] | {"spend": 100.5, "revenue": 350.0} == parsed.rows.to_pylist()[0]
    assert values(parsed, "date") == [date(2026, 3, 14)]
    assert values(parsed, "reach") == [None]
    assert parsed.format == "canonical"


def test_the_public_format_gives_spend_revenue_and_conversions(tmp_path: Path):
    parsed = read(tmp_path, SOCIAL_ROW, header=SOCIAL_HEADER)
    found = parsed.rows.to_pylist()[0]
    assert parsed.format == "social-media-advertising"
    assert found["spend"] == 500
    assert found["revenue"] == pytest.approx(500 * 6.79)
    assert found["conversions"] == pytest.approx(75.45)
    assert (found["duration_days"], found["engagement_score"], found["company"]) == (15, 7, "Aura Align")
    assert (found["campaign_id"], found["campaign_name"]) == ("529013", None)


def test_a_russian_file_of_cp1251_with_decimal_commas_is_read(tmp_path: Path):
    parsed = read(
        tmp_path,
        "14.03.2026;яндекс директ;Поиск;1 100,50;10 000;200;10,5;2 350,25",
        header="Дата;Канал;Кампания;Расход, руб.;Показы;Клики;Конверсии;Выручка",
        encoding="cp1251",
        currency="RUB",
    )
    assert parsed.layout == "cp1251, columns parted by semicolons"
    found = parsed.rows.to_pylist()[0]
    assert (found["channel"], found["campaign_id"], found["spend"]) == ("Yandex.Direct", "Поиск", 1100.5)
    assert (found["conversions"], found["revenue"]) == (10.5, 2350.25)


def test_tabs_and_gzip_are_read_whatever_the_name(tmp_path: Path):
    path = tmp_path / "export.dat"
    path.write_bytes(gzip.compress(f"{HEADER}\n{ROW}".replace(",", "\t").encode()))
    assert read_file(path).rows_read == 1


def test_channels_are_normalised(tmp_path: Path):
    parsed = read(tmp_path, row(14, "google_ads"), row(15, " Google  Ads "), row(16, "AdWords"))
    assert set(values(parsed, "channel")) == {"Google Ads"}


def test_other_headers_are_read_by_a_mapping(tmp_path: Path):
    path = write(tmp_path, ROW, header=HEADER.replace("spend", "Kosten"))
    assert "expected also: spend." in refusal(path)
    assert values(read_file(path, mapping={"spend": "Kosten"}), "spend") == [100.5]


def test_a_constant_fills_every_row(tmp_path: Path):
    path = write(tmp_path, "2026-03-14,c1,A,5,100,10,1,9", header=HEADER.replace("channel,", ""))
    assert values(read_file(path, mapping={"channel": "=fb"}), "channel") == ["Facebook"]


def test_what_an_import_needs_is_computed_from_roas_and_rates(tmp_path: Path):
    parsed = read(
        tmp_path,
        "2026-03-14,Instagram,c1,100,1000,50,4%,3.5",
        header="date,channel,campaign,cost,impressions,clicks,conv. rate,ROAS",
    )
    assert values(parsed, "revenue") == [350]
    assert values(parsed, "conversions") == [2]


def test_percents_are_told_by_the_header_too(tmp_path: Path):
    parsed = read(
        tmp_path,
        "2026-03-14,Instagram,c1,100,1000,50,2,250",
        header="date,channel,campaign,cost,impressions,clicks,conversions,ROI (%)",
    )
    assert values(parsed, "revenue") == [350]


def test_millionths_are_told_by_the_header(tmp_path: Path):
    parsed = read(tmp_path, row(spend=2500000), header=HEADER.replace("spend", "cost_micros"))
    assert values(parsed, "spend") == [2.5]
    assert next(column.how for column in parsed.columns if column.ours == "spend") == "number, millionths"


def test_a_missing_campaign_id_falls_back_to_the_name(tmp_path: Path):
    parsed = read(tmp_path, row(14), row(15, campaign=""))
    assert values(parsed, "campaign_id") == ["c1", "Spring"]


def test_empty_means_unknown_and_never_zero(tmp_path: Path):
    parsed = read(tmp_path, "2026-03-14,Instagram,c1,,100,,,,")
    found = parsed.rows.to_pylist()[0]
    assert [found[name] for name in ("impressions", "clicks", "conversions", "revenue", "campaign_name")] == [None] * 5


def test_the_reading_of_each_column_is_told_with_examples(tmp_path: Path):
    parsed = read(tmp_path, SOCIAL_ROW, header=SOCIAL_HEADER)
    reading = {column.ours: (column.theirs, column.how, column.examples) for column in parsed.columns}
    assert reading["spend"] == ("Acquisition_Cost", "number", ("$500.00",))
    assert reading["roi"] == ("ROI", "revenue = spend · (1 + ROI)", ("5.79",))
    assert reading["date"] == ("Date", "date", ("2022-02-25",))


@pytest.mark.parametrize(
    "footer",
    [
        "Total,,,,5,,,,",
        "Grand total,,,,5,,,,",
        "Total: Account,,,,5,,,,",
        "Итого,,,,5,,,,",
        "Всего за март,,,,5,,,,",
        "TOTAL,5",
        ",Total,,,5,,,,",
    ],
)
def test_a_footer_is_passed_over_and_told(tmp_path: Path, footer: str):
    parsed = read(tmp_path, ROW, footer)
    assert parsed.rows_read == 1
    assert parsed.rejected == ()
    assert parsed.notes == (f"line 3 is a footer and was not read: {footer}",)


def test_a_campaign_called_total_is_no_footer(tmp_path: Path):
    header = HEADER.replace("date,channel,campaign_id", "campaign_id,channel,date")
    parsed = read(
        tmp_path, "Total,Instagram,2026-03-14,A,5,100,10,1,9", "Total recall,Instagram,,A,5,1,1,1,9", header=header
    )
    assert values(parsed, "campaign_id") == ["Total"]
    assert reasons(parsed) == [(3, "date", "date is missing")]


def test_rows_of_nothing_but_empty_cells_are_no_rows(tmp_path: Path):
    parsed = read(tmp_path, ROW, ",,,,,,,,", ",,", " , ,,,,,,,", "")
    assert (parsed.rows_read, parsed.rejected) == (1, ())


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (",Instagram,c1,A,5,100,10,1,9", "date", "date is missing"),
        ("soon,Instagram,c1,A,5,100,10,1,9", "date", "not a date"),
        ("1989-12-31,Instagram,c1,A,5,100,10,1,9", "date", "date before 1990"),
        ("2101-01-01,Instagram,c1,A,5,100,10,1,9", "date", "date after 2100"),
        ("2062-03-14,Instagram,c1,A,5,100,10,1,9", "date", "date more than two years after every other date"),
        ("2026-03-14,,c1,A,5,100,10,1,9", "channel", "channel is missing"),
        ("2026-03-14,Instagram,,,5,100,10,1,9", "campaign_id", "campaign_id is missing"),
        ("2026-03-14,Instagram,c1,A,,100,10,1,9", "spend", "spend is missing"),
        ("2026-03-14,Instagram,c1,A,lots,100,10,1,9", "spend", "not a number"),
        ("2026-03-14,Instagram,c1,A,inf,100,10,1,9", "spend", "not finite"),
        ("2026-03-14,Instagram,c1,A,-5,100,10,1,9", "spend", "negative"),
        (
            "2026-03-14,Instagram,c1,A,€5,100,10,1,9",
            "spend",
            "in another currency than the account's; convert it, or set the account's currency",
        ),
        ("2026-03-14,Instagram,c1,A,1e13,100,10,1,9", "spend", "too large"),
        ("2026-03-14,Instagram,c1,A,5,99999999999999999999,10,1,9", "impressions", "too large"),
        ("2026-03-14,Instagram,c1,A,5,100,10.5,1,9", "clicks", "not a whole number"),
        ("2026-03-14,Instagram,c1,A,5,100,10,1e300,9", "conversions", "too large"),
        ("2026-03-14,Instagram,c1,A,5,100,10", None, "7 cells where the header has 9"),
        ("2026-03-14,Instagram,c1,A,5,100,10,1,9,7", None, "10 cells where the header has 9"),
    ],
)
def test_a_bad_row_is_set_aside_with_line_column_reason_and_text(
    tmp_path: Path, line: str, column: str | None, reason: str
):
    parsed = read(tmp_path, row(14), line, row(16))
    assert reasons(parsed) == [(3, column, reason)]
    assert parsed.rejected[0].raw == line
    assert (parsed.rows_read, parsed.rows_loaded) == (3, 2)


def test_refunds_may_be_negative(tmp_path: Path):
    assert values(read(tmp_path, "2026-03-14,Instagram,c1,A,5,100,10,1,(9)"), "revenue") == [-9]


def test_more_clicks_than_impressions_is_worth_a_note_and_no_rejection(tmp_path: Path):
    parsed = read(tmp_path, "2026-03-14,Instagram,c1,A,5,10,100,1,9")
    assert parsed.notes == ("1 rows have more clicks than impressions",)
    assert parsed.rejected == ()


def test_lines_of_rejected_rows_stay_right_after_line_breaks_in_cells(tmp_path: Path):
    parsed = read(
        tmp_path, '2026-03-14,Instagram,c1,"a\nb\n\nc",5,100,10,1,9', row(15, spend="lots"), "", row(16, spend="x")
    )
    assert reasons(parsed) == [(6, "spend", "not a number"), (8, "spend", "not a number")]


def test_a_rejected_row_names_the_column_as_the_file_does(tmp_path: Path):
    parsed = read(tmp_path, row(14), row(15, spend="lots"), header=HEADER.replace("spend", "Amount Spent"))
    assert reasons(parsed) == [(3, "Amount Spent", "not a number")]


@pytest.mark.parametrize(
    ("currency", "reason"),
    [
        ("EUR", "currency EUR is not the account's USD; convert it, or set the account's currency"),
        ("XYZ", "currency 'XYZ' is unknown; expected a code of ISO 4217 like USD"),
    ],
)
def test_rows_in_another_currency_are_refused(tmp_path: Path, currency: str, reason: str):
    parsed = read(
        tmp_path,
        f"{row(14)},USD",
        f"{row(15)},{currency}",
        f"{row(16)},usd",
        f"{row(17)},$",
        header=f"{HEADER},currency",
    )
    assert reasons(parsed) == [(3, "currency", reason)]


def test_a_file_all_in_another_currency_is_refused_with_the_remedy(tmp_path: Path):
    message = refusal(write(tmp_path, row(), header=HEADER.replace("spend", "Cost (EUR)")))
    assert "amounts in EUR ('Cost (EUR)'), expected the account's currency, USD" in message
    message = refusal(write(tmp_path, f"{row()},EUR", header=f"{HEADER},currency"))
    assert "currency EUR is not the account's USD" in message


def test_a_file_of_bad_rows_alone_is_refused_with_its_reasons(tmp_path: Path):
    message = refusal(write(tmp_path, row(spend="lots"), row(15, spend="more"), row(16, "")))
    assert "'spend': not a number (in 2 of 3 rows, first on line 2)" in message
    assert "'channel': channel is missing (in 1 of 3 rows, first on line 4)" in message


def test_a_file_of_totals_alone_is_refused(tmp_path: Path):
    assert "no rows but totals" in refusal(write(tmp_path, "Total,,,,5,,,,"))


def test_dates_that_can_be_read_two_ways_are_refused_with_the_way_out(tmp_path: Path):
    path = write(tmp_path, ROW.replace("2026-03-14", "03/04/2026"))
    assert "--map date_order=DMY or --map date_order=MDY" in refusal(path)
    assert values(read_file(path, mapping={"date_order": "mdy"}), "date") == [date(2026, 3, 4)]


def test_everything_that_is_wrong_with_a_file_is_told_at_once(tmp_path: Path):
    path = write(tmp_path, "03/04/2026,Instagram,c1,5,5", header="date,channel,campaign_id,cost,spend")
    message = refusal(path, mapping={"reach": "Reichweite", "spent": "cost"})
    for part in (
        "spent",
        "Reichweite",
        "spend more than once",
        "impressions",
        "revenue or roi or roas",
        "read two ways",
    ):
        assert part in message


def test_files_that_are_not_there_are_named(tmp_path: Path):
    assert "no such file" in refusal(tmp_path / "absent.csv")
    assert "a folder" in refusal(tmp_path)


def test_rows_alike_in_every_key_column_are_added_together(tmp_path: Path):
    header = f"{HEADER},location,engagement_score"
    parsed = read(tmp_path, f"{ROW},Berlin,2", f"{ROW},Paris,3", f"{ROW},Berlin,5", f"{ROW},,1", header=header)
    assert (parsed.rows_read, parsed.rows_merged, parsed.rows_loaded) == (4, 1, 3)
    assert values(parsed, "location") == ["Berlin", "Paris", None]
    assert values(parsed, "spend") == [201, 100.5, 100.5]
    assert values(parsed, "clicks") == [400, 200, 200]
    assert values(parsed, "engagement_score") == [3.5, 3, 1]


def test_a_merged_measure_is_unknown_only_where_no_row_knows_it(tmp_path: Path):
    header = f"{HEADER},reach,engagements"
    parsed = read(tmp_path, f"{ROW},70,", f"{ROW},,", header=header)
    assert values(parsed, "reach") == [70]
    assert values(parsed, "engagements") == [None]


def test_month_plans_are_read_and_added_together(tmp_path: Path):
    parsed = read(
        tmp_path,
        "fb;март 2026;1 000,50", "Facebook;2026-03;10", "IG;04.2026;500", "Итого;;1510,5", "IG;May;5",
        header="Канал;Месяц;План, USD",
    )  # fmt: skip
    assert parsed.format == "month-plans"
    assert parsed.plans.to_pylist() == [
        {"channel": "Facebook", "month": date(2026, 3, 1), "amount": 1010.5},
        {"channel": "Instagram", "month": date(2026, 4, 1), "amount": 500.0},
    ]
    assert (parsed.rows_read, parsed.rows_merged, parsed.rows.num_rows) == (4, 1, 0)
    assert reasons(parsed) == [(6, "Месяц", "not a month")]


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (",2026-03,5", "channel", "channel is missing"),
        ("IG,,5", "month", "month is missing"),
        ("IG,2026-03,", "amount", "amount is missing"),
        ("IG,2026-03,-5", "amount", "negative"),
        ("IG,2026-03,lots", "amount", "not a number"),
        ("IG,2026-03,1e15", "amount", "too large"),
        ("IG,2026-03", None, "2 cells where the header has 3"),
    ],
)
def test_a_bad_plan_is_set_aside(tmp_path: Path, line: str, column: str | None, reason: str):
    parsed = read(tmp_path, "IG,2026-02,5", line, header="channel,month,amount")
    assert reasons(parsed) == [(3, column, reason)]


PIECES = st.sampled_from(
    [b'"', b"\n", b",", b";", b"\t", b"\0", b"\xff", b"\xd0", b"\r", b"1e999", b"nan", b"Total", b"99/99/99"]
)
EDITS = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 20), PIECES), min_size=1, max_size=12)


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS)
def test_a_spoilt_file_is_refused_or_accounted_for_to_the_last_row(tmp_path: Path, edits: list[tuple[int, int, bytes]]):
    content = (
        f'{HEADER}\n{ROW}\n2026-03-15,fb,c2,"two\nlines","1,100.50",10 000,2,1,€5\n{row(16)}\nTotal,,,,5,,,,\n'.encode()
    )
    for place, removed, added in edits:
        at = place % len(content)
        content = content[:at] + added + content[at + removed :]
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    try:
        parsed = read_file(path)
    except UnreadableFileError:
        return
    assert parsed.rows_read == parsed.rows_loaded + parsed.rows_merged + len(parsed.rejected)
    assert all(1 <= each.line <= content.count(b"\n") + content.count(b"\r") + 1 for each in parsed.rejected)


@pytest.mark.shared_data
@pytest.mark.parametrize("kind", ["iso", "raw"])
def test_every_real_row_is_read(shared_data: Path, kind: str):
    folder = shared_data / "social_media_advertising"
    parsed = read_file(folder / f"Social_Media_Advertising_first30k_{kind}.csv.gz")
    assert (parsed.rows_read, parsed.rows_loaded, parsed.rows_merged, parsed.rejected) == (30_000, 30_000, 0, ())
    assert len(parsed.notes) == (kind == "raw")
