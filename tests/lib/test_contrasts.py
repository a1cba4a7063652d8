"""Groups are told apart when they differ and not when chance made them; a cell is held against its own channels."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demetra.contrasts import CELL_METRICS, compare_groups, judge_cells
from demetra.schema import AUDIENCE_TIMING

AS_OF = date(2026, 3, 31)


def ratios(levels: list[float], days: int = 60, noise: float = 0.2, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    under = random.uniform(50, 150, (days, len(levels)))
    return under * np.array(levels) * (1 + noise * random.normal(size=under.shape)), under


def test_the_estimate_is_the_ratio_of_sums_and_lies_in_its_interval():
    over, under = ratios([1.0, 2.0])
    found = compare_groups(over, under)
    assert found.estimates == pytest.approx(over.sum(axis=0) / under.sum(axis=0))
    assert (found.low < found.estimates).all()
    assert (found.estimates < found.high).all()


def test_groups_that_differ_are_told_apart_and_equal_ones_are_not():
    assert compare_groups(*ratios([1.0, 2.0, 1.0])).tied == ((0, 2),)
    assert compare_groups(*ratios([1.0, 2.0, 3.0])).tied == ()
    assert compare_groups(*ratios([1.0, 1.0, 1.0, 1.0], seed=5)).tied == ((0, 1, 2, 3),)


def test_what_moves_all_groups_on_a_day_does_not_hide_their_difference():
    over, under = ratios([1.0, 1.1], noise=0.02)
    weather = np.random.default_rng(1).uniform(0.5, 1.5, (60, 1))
    assert compare_groups(over * weather, under).tied == ()


def test_equal_groups_are_told_apart_about_as_seldom_as_promised():
    wrong = sum(len(compare_groups(*ratios([1.0] * 4, seed=seed)).tied[0]) < 4 for seed in range(200))
    assert wrong <= 22, "5 % of 200 are 10; more than 22 are less likely than one in 5,000"


def test_intervals_cover_the_truth_also_where_days_resemble_their_neighbours():
    random = np.random.default_rng(7)
    covered = 0
    for _ in range(200):
        shocks = random.normal(size=100)
        noise = np.array([shocks[at] + 0.5 * shocks[at - 1] for at in range(1, 91)])[:, None]
        found = compare_groups(100 * (2 + 0.3 * noise), np.full((90, 1), 100.0))
        covered += bool(found.low[0] <= 2 <= found.high[0])
    assert covered >= 176, "95 % are 190"


def test_a_group_without_a_denominator_or_with_few_days_makes_no_claim():
    over, under = ratios([1.0, 2.0, 3.0])
    under[:, 1], over[:, 1] = 0, 0
    under[7:, 2], over[7:, 2] = 0, 0
    found = compare_groups(over, under)
    assert np.isnan(found.estimates[1])
    assert np.isnan(found.low[2])
    assert found.tied == ()


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(4)))
def test_the_order_of_the_groups_changes_nothing_but_places(order: list[int]):
    over, under = ratios([1.0, 1.02, 1.5, 1.52])
    plain, turned = compare_groups(over, under), compare_groups(over[:, order], under[:, order])
    assert turned.estimates == pytest.approx(plain.estimates[order])
    assert {frozenset(order[place] for place in group) for group in turned.tied} == set(map(frozenset, plain.tied))


def groups(effects: dict[str, float], *, days: int = 90, seed: int = 0, mix: float = 0.5) -> pd.DataFrame:
    """Two channels, `Good` returning three times `Poor`; each value sells `effects` times what its channel does."""
    random = np.random.default_rng(seed)
    rows = []
    for back in range(days):
        day = AS_OF - timedelta(days=back)
        for place, (value, effect) in enumerate(effects.items()):
            for channel, level in (("Good", 6.0), ("Poor", 2.0)):
                share = mix if (place == 0) == (channel == "Good") else 1 - mix
                spend, luck = 100 * share, max(0.0, 1 + 0.3 * random.normal())
                revenue = spend * level * effect * luck
                rows.append(["location", value, channel, day, 1, spend, revenue, revenue / 50, 40 * spend])
    names = ["dimension", "value", "channel", "date", "rows", "spend", "revenue", "conversions", "clicks"]
    return pd.DataFrame(rows, columns=names)


def verdicts(table: pd.DataFrame, metric: str = "roi") -> dict[str, str]:
    return dict(zip(table["value"], table[f"{metric}_verdict"], strict=True))


def test_a_value_that_sells_more_is_above_and_one_that_sells_less_below():
    table = judge_cells(groups({"Rome": 1.3, "Oslo": 1.0, "Bonn": 1.0}), as_of=AS_OF, days=90)
    assert list(table.columns) == list(AUDIENCE_TIMING)
    found = verdicts(table)
    assert found["Rome"] == "above"
    assert {found["Oslo"], found["Bonn"]} <= {"below", "chance"}


def test_a_value_is_not_praised_for_the_channel_that_serves_it():
    table = judge_cells(groups({"Rome": 1.0, "Oslo": 1.0}, mix=0.9, seed=3), as_of=AS_OF, days=90)
    rome, oslo = (table.loc[table["value"] == name].iloc[0] for name in ("Rome", "Oslo"))
    assert rome["roi"] > 1.5 * oslo["roi"], "its mix is better by far"
    assert set(verdicts(table).values()) == {"chance"}
    assert rome["roi_expected"] == pytest.approx(rome["roi"], rel=0.15)


def test_among_many_cells_that_chance_made_hardly_any_is_celebrated():
    found = 0
    for seed in range(20):
        table = judge_cells(groups(dict.fromkeys("ABCDEFGHIJ", 1.0), seed=seed), as_of=AS_OF, days=90)
        found += any(set(verdicts(table, metric).values()) != {"chance"} for metric in CELL_METRICS)
    assert found <= 5, "a page of chance alone celebrates something once in twenty"


def test_few_days_no_other_channel_and_zero_conversions_are_thin_and_not_an_error():
    few = judge_cells(groups({"Rome": 2.0, "Oslo": 1.0}, days=5), as_of=AS_OF, days=90)
    assert set(verdicts(few).values()) == {"thin"}
    alone = judge_cells(groups({"Rome": 2.0}), as_of=AS_OF, days=90)
    assert set(verdicts(alone).values()) == {"thin"}
    without = groups({"Rome": 1.0, "Oslo": 1.0}).assign(conversions=0.0)
    assert set(verdicts(judge_cells(without, as_of=AS_OF, days=90), "conversion").values()) == {"thin"}


def test_unknown_values_are_no_cell_but_count_among_the_rest():
    frame = groups({"Rome": 1.5, "?": 1.0})
    frame["value"] = frame["value"].where(frame["value"] != "?", None)
    table = judge_cells(frame, as_of=AS_OF, days=90)
    assert verdicts(table) == {"Rome": "above"}


def test_no_rows_are_no_cells():
    assert judge_cells(groups({"Rome": 1.0}).head(0), as_of=AS_OF, days=90).empty


def test_the_largest_twelve_groups_are_judged():
    many = judge_cells(groups({f"City {number}": 1.0 for number in range(20)}), as_of=AS_OF, days=90)
    assert len(many) == 12
