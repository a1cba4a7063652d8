"""Charts hold the table's data, labels, units and colours, and are drawn for any table without a warning."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import pandas as pd
import pytest
from chart_frames import AS_OF, TEN_CHANNELS, budget, random_forecast, roi_forecast, timeseries
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from PIL import Image

from demetra import charts, palette, readings
from demetra.errors import FrameError

ODD = "<b>Display</b> $math$"


def _texts(figure: Figure) -> list[str]:
    own = [text.get_text() for text in figure.texts]
    return own + [text.get_text() for axes in figure.axes for text in axes.texts]


def _panel(figure: Figure, label: str):
    return next(axes for axes in figure.axes if axes.get_label() == label)


def _line(axes, gid: str):
    return next(line for line in axes.lines if line.get_gid() == gid)


def _shapes(axes, gid: str) -> list:
    return [shape for shape in (*axes.patches, *axes.collections) if shape.get_gid() == gid]


# ROI forecast --------------------------------------------------------------------------------------------------------


def test_roi_bars_have_the_forecast_the_channels_colour_and_go_from_the_highest_down():
    table = roi_forecast(("Facebook", 2.0, 1.8, 2.2), ("Instagram", 4.0, 3.5, 4.5), ("VK", -0.2, -0.5, 0.1))
    figure = charts.roi_forecast_chart(table, as_of=AS_OF)
    bars = _shapes(figure.axes[0], "bar")
    colours = palette.choose_colours(table["channel"])
    assert [bar.get_width() for bar in bars] == [4.0, 2.0, -0.2]
    assert [to_hex(bar.get_facecolor()) for bar in bars] == [colours[name] for name in ("Instagram", "Facebook", "VK")]


def test_roi_intervals_are_drawn_from_their_columns():
    table = roi_forecast(("Instagram", 4.0, 3.5, 4.5))
    (lines,) = _shapes(charts.roi_forecast_chart(table, as_of=AS_OF).axes[0], "interval80")
    assert lines.get_segments()[0][:, 0].tolist() == [3.5, 4.5]


def test_roi_values_intervals_and_confidence_are_written():
    texts = _texts(charts.roi_forecast_chart(roi_forecast(("Instagram", 4.034, 3.5, 4.5)), as_of=AS_OF))
    assert {"Instagram", "4.03", "3.50 to 4.50", "62%", "ROI, 80% interval", "Confidence"} <= set(texts)


def test_roi_title_says_what_and_until_when():
    texts = _texts(charts.roi_forecast_chart(random_forecast(), as_of=AS_OF))
    assert "ROI forecast by channel, next 14 days" in texts
    assert "Data until 31 Mar 2026" in texts


def test_a_line_joins_exactly_the_channels_that_cannot_be_told_apart():
    table = roi_forecast(("A", 4, 3, 5), ("B", 3.9, 2.9, 4.9), ("C", 1, 0.5, 1.5))
    figure = charts.roi_forecast_chart(table, as_of=AS_OF)
    ties = [line for axes in figure.axes for line in axes.lines if line.get_gid() == "tie"]
    assert [list(line.get_ydata()) for line in ties] == [[0, 1]]


def test_an_interval_without_end_does_not_flatten_the_other_channels():
    table = roi_forecast(("A", 4, 3, 5), ("B", 3, 2, 4)).assign(roi_hi95=[900.0, 4.5])
    assert charts.roi_forecast_chart(table, as_of=AS_OF).axes[0].get_xlim()[1] < 10


def test_thirty_channels_with_as_many_ties_are_drawn_beside_readable_bars():
    rows = [(f"channel {number}", 30 - number, 29.4 - number, 31.1 - number) for number in range(30)]
    figure = charts.roi_forecast_chart(roi_forecast(*rows), as_of=AS_OF)
    ties = [line for axes in figure.axes for line in axes.lines if line.get_gid() == "tie"]
    assert len(ties) == len(readings.find_ties(roi_forecast(*rows)))
    assert figure.axes[0].get_position().width > 0.2


def test_a_channel_without_a_forecast_is_shown_as_no_data():
    table = roi_forecast(("A", 4, 3, 5), ("B", np.nan, np.nan, np.nan))
    assert "no data" in _texts(charts.roi_forecast_chart(table, as_of=AS_OF))


# Time series ---------------------------------------------------------------------------------------------------------


def test_a_panel_draws_actual_in_the_channels_colour_and_predicted_as_in_the_table():
    table = timeseries(channels=("Instagram", "Newsletter"))
    axes = _panel(charts.roi_timeseries_chart(table, as_of=AS_OF), "Newsletter: conversion")
    rows = table[table["channel"] == "Newsletter"]
    colour = palette.choose_colours(["Instagram", "Newsletter"])["Newsletter"]
    assert to_hex(_line(axes, "actual").get_color()) == colour
    np.testing.assert_array_equal(_line(axes, "actual").get_ydata(), rows["conversion_actual"])
    np.testing.assert_array_equal(_line(axes, "predicted").get_ydata(), rows["conversion_pred"])


def test_the_forecast_is_shaded_from_the_end_of_the_data_to_the_horizon():
    axes = _panel(charts.roi_timeseries_chart(timeseries(), as_of=AS_OF), "Facebook: roi")
    (shade,) = _shapes(axes, "forecast")
    assert shade.get_width() == 14


def test_the_mean_of_the_forecast_path_is_written_with_its_horizon():
    table = timeseries(channels=("A",))
    ahead = table.loc[table["date"] > pd.Timestamp(AS_OF), "roi_pred"].mean()
    assert f"next 14 days: {ahead:.2f}" in _texts(charts.roi_timeseries_chart(table, as_of=AS_OF))


@pytest.mark.parametrize("step", [1, 7])
def test_a_gap_breaks_the_line_and_is_marked_for_days_and_weeks(step):
    table = timeseries(channels=("A",), days=84).iloc[:84:step]
    gap = table["date"].between("2026-02-01", "2026-02-20")
    axes = _panel(charts.roi_timeseries_chart(table[~gap], as_of=AS_OF), "A: roi")
    (marked,) = _shapes(axes, "gap")
    assert marked.get_width() == pytest.approx(step * gap.sum())
    assert np.isnan(_line(axes, "actual").get_ydata()).sum() == 1


def test_a_metric_that_is_never_known_is_no_data_all_along():
    table = timeseries(channels=("A",)).assign(roi_actual=np.nan)
    axes = _panel(charts.roi_timeseries_chart(table, as_of=AS_OF), "A: roi")
    assert [text.get_text() for text in axes.texts] == ["no data"]


def test_a_spike_is_marked_at_the_top_and_does_not_set_the_scale():
    table = timeseries(channels=("A",))
    table.loc[20, "roi_actual"] = 500.0
    axes = _panel(charts.roi_timeseries_chart(table, as_of=AS_OF), "A: roi")
    assert axes.get_ylim()[1] < 10
    assert len(_line(axes, "beyond").get_xdata()) == 1


def test_rates_are_in_percent_and_reach_in_thousands():
    figure = charts.reach_ctr_timeseries_chart(timeseries(("reach", "ctr"), channels=("A",)), as_of=AS_OF)
    ticks = {axes.get_label(): [label.get_text() for label in axes.get_yticklabels()] for axes in figure.axes}
    assert all(text.endswith("%") for text in ticks["A: ctr"])
    assert ticks["A: reach"][1:] == [text for text in ticks["A: reach"][1:] if text.endswith("k")]


# Budget --------------------------------------------------------------------------------------------------------------


def test_budget_rows_carry_signed_change_money_reason_and_evidence():
    texts = _texts(charts.budget_chart(budget({"A": 12.0, "B": -12.0}), as_of=AS_OF, days=30))
    assert {"+12.0%", "−12.0%", "$10,000 → $11,200", "$10,000 → $8,800"} <= set(texts)
    assert "Its next unit (evidence: moderate)" in texts
    assert "Budget advice by channel, next 30 days" in texts


def test_budget_raises_and_cuts_have_their_own_colours_and_length():
    figure = charts.budget_chart(budget({"A": 12.0, "B": -7.0, "C": 0.0}), as_of=AS_OF)
    bars = [(bar.get_width(), to_hex(bar.get_facecolor())) for axes in figure.axes for bar in axes.patches]
    assert bars == [(12.0, palette.RAISE), (-7.0, palette.CUT)]
    assert "unchanged" in _texts(figure)


def test_budget_header_states_the_uplift_with_its_interval_or_that_the_plan_is_held():
    moved = " ".join(_texts(charts.budget_chart(budget({"A": 12.0, "B": -12.0}), as_of=AS_OF)))
    held = " ".join(_texts(charts.budget_chart(budget({"A": 0.0}, uplift=(0.0, 0.0, 0.0)), as_of=AS_OF)))
    assert "expected return +3.1% (80% interval +0.4% to +5.9%)" in moved
    assert "Keep every channel's budget" in held


def test_a_channel_without_advice_is_shown_as_no_data_beside_the_others():
    table = budget({"A": 12.0, "B": -7.0})
    table.loc[1, ["recommended_budget", "budget_change_pct", "acquisition_cost"]] = np.nan
    figure = charts.budget_chart(table, as_of=AS_OF)
    assert {"+12.0%", "no data", "–"} <= set(_texts(figure))
    assert [bar.get_width() for axes in figure.axes for bar in axes.patches] == [12.0]


def test_budget_is_in_the_accounts_currency():
    assert "₽10,000 → ₽11,200" in _texts(charts.budget_chart(budget({"A": 12.0}), as_of=AS_OF, currency="RUB"))


# All of them ---------------------------------------------------------------------------------------------------------

DRAWN = {
    "roi-forecast": (charts.roi_forecast_chart, random_forecast),
    "roi-timeseries": (charts.roi_timeseries_chart, lambda channels: timeseries(channels=channels)),
    "reach-ctr": (charts.reach_ctr_timeseries_chart, lambda channels: timeseries(("reach", "ctr"), channels=channels)),
    "budget": (charts.budget_chart, lambda channels: budget({name: 9.0 - 2 * at for at, name in enumerate(channels)})),
}
every_chart = pytest.mark.parametrize("kind", DRAWN)


def _fill(table: pd.DataFrame, value: float) -> pd.DataFrame:
    return table.assign(**{name: value for name in table.select_dtypes("number") if name != "horizon_days"})


@cache
def _render(kind: str, count: int) -> tuple[Figure, charts.Png]:
    figure = _draw(kind, TEN_CHANNELS[:count], demo=True)
    return figure, charts.render_png(figure)


def _draw(kind: str, channels: tuple[str, ...], change=lambda table: table, **options) -> Figure:
    chart, make = DRAWN[kind]
    return chart(change(make(channels)), as_of=AS_OF, **options)


@every_chart
@pytest.mark.parametrize("count", [1, 10])
def test_every_text_stays_on_the_page_and_the_png_is_small(kind, count):
    figure, png = _render(kind, count)
    for text in figure.texts:
        box = text.get_window_extent()
        assert box.x0 >= 0, text.get_text()
        assert box.x1 <= png.width, text.get_text()
        assert box.y0 >= 0, text.get_text()
    assert png.width == 1400
    assert len(png.data) < 400_000


@every_chart
def test_texts_of_the_page_do_not_overlap(kind):
    figure, _ = _render(kind, 10)
    boxes = [(text.get_text(), text.get_window_extent()) for text in figure.texts]
    for number, (one, box) in enumerate(boxes):
        for other, beside in boxes[number + 1 :]:
            wide = min(box.x1, beside.x1) - max(box.x0, beside.x0)
            high = min(box.y1, beside.y1) - max(box.y0, beside.y0)
            assert min(wide, high) <= 4, (one, other)


@every_chart
def test_the_same_table_gives_the_same_bytes_in_any_thread(kind):
    def draw(_: int) -> str:
        return charts.render_png(_draw(kind, TEN_CHANNELS[:1])).sha256

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(draw, range(4)))) == 1


@every_chart
def test_demo_data_are_marked_and_real_ones_are_not(kind):
    assert "Demo data" in _texts(_draw(kind, TEN_CHANNELS[:2], demo=True))
    assert "Demo data" not in _texts(_draw(kind, TEN_CHANNELS[:2]))


@every_chart
@pytest.mark.parametrize(
    "change",
    [lambda table: table.head(0), lambda table: _fill(table, np.nan)],
    ids=["no rows", "nothing known"],
)
def test_a_table_without_values_is_drawn_as_no_data(kind, change):
    figure = _draw(kind, TEN_CHANNELS[:2], change)
    assert "no data" in _texts(figure)
    assert charts.render_png(figure).width == 1400


@every_chart
def test_constant_zero_values_are_drawn(kind):
    assert charts.render_png(_draw(kind, TEN_CHANNELS[:2], lambda table: _fill(table, 0.0))).height > 300


@every_chart
def test_a_name_is_never_read_as_mathematics_or_markup(kind):
    figure = _draw(kind, (ODD, "Ünïcode 网络 🚀"))
    charts.render_png(figure)
    assert any(text.startswith("<b>Disp") for text in _texts(figure))
    assert not any(text.get_parse_math() for text in figure.texts)


@every_chart
def test_missing_columns_are_named(kind):
    with pytest.raises(FrameError, match="lacks columns"):
        _draw(kind, TEN_CHANNELS[:2], lambda table: table.iloc[:, :1])


def test_a_year_of_ten_channels_is_drawn():
    png = charts.render_png(charts.roi_timeseries_chart(timeseries(channels=TEN_CHANNELS, days=365), as_of=AS_OF))
    assert len(png.data) < 400_000


def test_a_png_keeps_flat_colours_exactly_and_holds_nothing_but_the_picture():
    figure = _draw("budget", ("A", "B"))
    png = charts.render_png(figure)
    image = Image.open(io.BytesIO(png.data))
    colours = {colour for _, colour in image.convert("RGB").getcolors(1 << 20)}
    assert {(255, 255, 255), tuple(bytes.fromhex(palette.RAISE[1:]))} <= colours
    assert (image.width, image.height) == (png.width, png.height)
    assert image.info == {}


def test_a_notebook_shows_the_figure_by_itself():
    data, size = _draw("budget", ("A",))._repr_png_()
    assert data.startswith(b"\x89PNG")
    assert size["width"] == 700


def test_the_picture_of_an_incident_names_its_range_for_what_it_is():
    days = pd.date_range("2026-03-01", periods=30)
    table = pd.DataFrame({"date": days, "value": 0.05, "expected": 0.05, "low": 0.04, "high": 0.06})
    figure = charts.incident_chart(table, "VK", "conversion_rate", "It fell.", as_of=days[-1])
    texts = [text.get_text() for text in figure.texts]
    assert "expected range" in texts
    assert not {"80%", "95%"} & set(texts)
