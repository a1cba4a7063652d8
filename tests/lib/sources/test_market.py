from __future__ import annotations

import numpy as np
import pytest

from demetra.schema import normalise_channel
from demetra.sources.market import CHANNELS, SPEND_WEEKDAYS, WEEKDAYS, Channel

EACH = pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)


@EACH
def test_at_the_usual_spend_the_channel_has_its_roi(channel: Channel):
    assert channel.respond(channel.base) / channel.base - 1 == pytest.approx(channel.roi)


@EACH
def test_more_spend_earns_more_and_ever_less_of_it(channel: Channel):
    earned = channel.respond(np.linspace(0, 5 * channel.base, 200))
    assert (np.diff(earned) > 0).all()
    assert (np.diff(earned, 2) < 0).all()
    assert (earned < channel.ceiling).all()


@EACH
def test_the_next_unit_earns_less_than_the_average_one_by_the_saturation(channel: Channel):
    slope = (channel.respond(channel.base * 1.0001) - channel.respond(channel.base)) / (channel.base * 0.0001)
    assert slope == pytest.approx((1 - channel.saturation) * (1 + channel.roi), rel=1e-3)


@EACH
def test_rates_and_roi_agree(channel: Channel):
    conversions = channel.base / channel.cpm * 1000 * channel.ctr * channel.conversion_rate
    assert conversions * channel.order_value == pytest.approx(channel.respond(channel.base))


@EACH
def test_levels_are_those_of_real_channels(channel: Channel):
    assert 0.3 <= channel.roi <= 3
    assert 3 <= channel.cpm <= 50
    assert 0.005 <= channel.ctr <= 0.06
    assert 0.02 <= channel.conversion_rate <= 0.09
    assert channel.frequency > 1
    assert 3 <= len(channel.campaigns) <= 5
    assert sum(campaign.share for campaign in channel.campaigns) == pytest.approx(1)


def test_there_are_six_channels_under_their_catalogue_names():
    assert len(CHANNELS) == 6
    assert all(normalise_channel(channel.name) == channel.name for channel in CHANNELS)


def test_weekdays_shift_results_without_changing_their_mean():
    for factors in (*WEEKDAYS.values(), SPEND_WEEKDAYS):
        assert len(factors) == 7
        assert factors.mean() == pytest.approx(1)
