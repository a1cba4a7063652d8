from __future__ import annotations

import pytest

from demetra.schema import CANONICAL_COLUMNS
from demetra.sources.columns import MONTH_PLANS, Layout, read_header
from demetra.sources.headers import fold, split_unit, suggest

CANONICAL = ("date", "channel", "campaign_id", "spend", "impressions", "clicks", "conversions", "revenue")
SOCIAL = (
    *("Campaign_ID", "Target_Audience", "Campaign_Goal", "Duration", "Channel_Used", "Conversion_Rate"),
    *("Acquisition_Cost", "ROI", "Location", "Language", "Clicks", "Impressions", "Engagement_Score"),
    *("Customer_Segment", "Date", "Company"),
)


def read(
    *header: str, mapping: dict[str, str] | None = None, remembered: dict[str, str] | None = None
) -> tuple[Layout, list[str]]:
    layout, problems = read_header(header, mapping=mapping or {}, remembered=remembered or {}, where="file.csv")
    return layout, [str(problem) for problem in problems]


def found(layout: Layout) -> dict[str, str]:
    return {ours: column.theirs for ours, column in layout.columns.items()}


def test_every_canonical_column_is_found_by_its_own_name():
    layout, problems = read(*CANONICAL_COLUMNS)
    assert problems == []
    assert found(layout) == {name: name for name in CANONICAL_COLUMNS}
    assert layout.format == "canonical"


@pytest.mark.parametrize(
    "spell", [str.upper, str.title, lambda name: f" {name.replace('_', ' ')} ", lambda name: name.replace("_", "-")]
)
def test_case_spaces_underscores_and_hyphens_do_not_matter(spell):
    layout, problems = read(*(spell(name) for name in CANONICAL))
    assert problems == []
    assert set(layout.columns) == set(CANONICAL)


def test_russian_names_are_known():
    header = ("Дата", "Канал", "Кампания", "Расход, руб.", "Показы", "Охват", "Клики", "Конверсии", "Выручка")
    layout, problems = read(*header)
    assert problems == []
    assert set(layout.columns) == {
        *("date", "channel", "campaign_name", "spend", "impressions", "reach", "clicks", "conversions", "revenue")
    }
    assert layout.columns["spend"].unit == "руб."


def test_names_of_platform_exports_are_known():
    header = (
        "Day",
        "Platform",
        "Campaign name",
        "Amount spent (USD)",
        "Impr.",
        "Link clicks",
        "Purchases",
        "Conv. value",
    )
    layout, problems = read(*header)
    assert problems == []
    assert found(layout)["spend"] == "Amount spent (USD)"


def test_the_public_data_set_is_recognised_by_its_header():
    layout, problems = read(*SOCIAL)
    assert problems == []
    assert layout.format == "social-media-advertising"
    assert found(layout)["spend"] == "Acquisition_Cost"
    assert layout.unused == ()


def test_an_acquisition_cost_is_spend_in_the_public_data_set_alone():
    layout, _ = read(*CANONICAL, "Acquisition_Cost")
    assert layout.unused == ("Acquisition_Cost",)


def test_month_plans_are_recognised_by_their_columns():
    assert read("Channel", "Month", "Amount")[0].format == MONTH_PLANS
    layout, problems = read("Канал", "Месяц", "План")
    assert problems == []
    assert layout.format == MONTH_PLANS


def test_what_is_missing_is_told_all_at_once():
    _, problems = read("date", "channel", "spend")
    assert len(problems) == 1
    assert "found the columns 'date', 'channel', 'spend', expected also: campaign_id or campaign_name;" in problems[0]
    assert "impressions; clicks; conversions or conversion_rate; revenue or roi or roas. Say which" in problems[0]


def test_a_long_header_is_not_repeated_in_full():
    _, problems = read(*(f"column {number}" for number in range(400)))
    assert "'column 24' and 375 more, expected" in problems[0]


def test_a_misspelt_name_is_suggested():
    _, problems = read(*(name.replace("impressions", "Impresions") for name in CANONICAL))
    assert len(problems) == 1
    assert "Is impressions 'Impresions'? Then add --map impressions=Impresions." in problems[0]


def test_a_column_that_is_there_twice_is_refused_with_the_way_out():
    _, problems = read(*CANONICAL, "Cost")
    assert len(problems) == 1
    assert "Say which: --map spend=spend or --map spend=Cost." in problems[0]


def test_the_same_name_twice_is_refused():
    _, problems = read(*CANONICAL, "Clicks")
    assert "clicks more than once: 'clicks' and 'Clicks'" in problems[0]


def test_a_mapping_settles_which_column_is_meant():
    layout, problems = read(*CANONICAL, "Cost", mapping={"spend": "Cost"})
    assert problems == []
    assert found(layout)["spend"] == "Cost"
    assert layout.unused == ("spend",)


def test_a_mapping_is_checked_all_at_once():
    _, problems = read(*CANONICAL, mapping={"spent": "Cost", "reach": "Reichweite", "date_order": "YMD"})
    assert [problem.split(":")[0] for problem in problems] == ["--map", "--map date_order", "file.csv"]
    assert "Did you mean spend?" in problems[0]
    assert "no column 'Reichweite' for reach" in problems[2]


def test_a_constant_stands_for_a_column_that_the_file_lacks():
    layout, problems = read(*(name for name in CANONICAL if name != "channel"), mapping={"channel": "=Facebook"})
    assert problems == []
    assert layout.columns["channel"].constant == "Facebook"
    assert layout.columns["channel"].index is None


def test_a_missing_channel_names_the_constant_as_the_way_out():
    _, problems = read(*(name for name in CANONICAL if name != "channel"))
    assert "--map channel==NAME" in problems[0]


def test_a_remembered_mapping_counts_only_where_the_file_has_the_column():
    remembered = {"spend": "Kosten"}
    layout, _ = read(*(name.replace("spend", "Kosten") for name in CANONICAL), remembered=remembered)
    assert layout.columns["spend"].origin == "an earlier --map"
    layout, problems = read(*CANONICAL, remembered=remembered)
    assert problems == []
    assert layout.columns["spend"].origin == "its name"


def test_what_is_said_now_goes_before_what_was_said_before():
    layout, _ = read(*CANONICAL, "Kosten", "Cost", mapping={"spend": "Cost"}, remembered={"spend": "Kosten"})
    assert found(layout)["spend"] == "Cost"


@pytest.mark.parametrize(
    ("header", "name", "unit"),
    [
        ("Amount spent (USD)", "Amount spent", "USD"),
        ("Расход, руб.", "Расход", "руб."),
        ("ROI (%)", "ROI", "%"),
        ("Cost [€]", "Cost", "€"),
        ("cost_micros", "cost", "micros"),
        ("spend_in_micro_dollar", "spend", "micros"),
        ("Clicks (all)", "Clicks (all)", ""),
        ("Spend", "Spend", ""),
    ],
)
def test_units_are_split_from_names(header: str, name: str, unit: str):
    assert split_unit(header) == (name, unit)


def test_folding_leaves_letters_digits_and_percents():
    assert fold("  Кол-во_Показов (%), ё ") == "колвопоказов%е"


def test_nothing_is_suggested_where_nothing_is_alike():
    assert suggest("spend", ["Wetter", "Laune"]) is None
