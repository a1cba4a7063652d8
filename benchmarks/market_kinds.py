"""Kinds of generated markets: every one is a way in which histories mislead. All is seeded by kind and number."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import numpy as np
from markets import Market, Spec, build


def _draw_spec(rng: np.random.Generator, *, channels: int | None = None, days: int | None = None) -> Spec:
    count = channels or int(rng.integers(3, 9))
    curve = rng.choice([0, 0, 1, 2], count)
    bend = np.select(
        [curve == 0, curve == 1],
        [np.exp(rng.normal(0, 0.8, count)), rng.uniform(0.2, 0.9, count)],
        np.exp(rng.normal(-0.7, 1.0, count)),
    )
    spend = np.exp(rng.normal(5.5, 0.8, count))
    slope = np.select([curve == 0, curve == 1], [bend / (1 + bend), bend], 1 / (1 + bend) / np.log1p(1 / bend))
    # accounts that were optimised before: part of the differences in marginal return is gone
    roas = np.exp(rng.normal(1.0, 0.4, count)) * (slope / slope.mean()) ** -rng.uniform(0, 0.8)
    order = 40 * np.exp(rng.normal(0, 0.2, count) + rng.normal(0, 0.5))
    return Spec(
        channels=count,
        days=days or int(rng.integers(150, 400)),
        spend=spend,
        curve=curve,
        bend=bend,
        steep=rng.uniform(0.8, 1.4, count),
        carry=rng.choice([0.0, 0.3, 0.5, 0.7], count),
        yield_=spend * roas / order,
        order=order,
        noise=rng.uniform(0.05, 0.18),
        demand_sd=rng.uniform(0.05, 0.25),
        demand_rho=rng.uniform(0.3, 0.95),
        season=rng.uniform(0, 0.25),
        drift=rng.uniform(0, 0.1),
        replan_days=rng.uniform(5, 25),
        replan_sd=rng.uniform(0.2, 0.5),
        wobble_sd=rng.uniform(0.05, 0.2),
    )


def _plain(rng: np.random.Generator) -> Spec:
    return _draw_spec(rng)


def _marginal(rng: np.random.Generator) -> Spec:
    """The channel with the best average has the worst margin: the average misleads."""
    spec = _draw_spec(rng)
    order = np.argsort(-spec.yield_ * spec.order / spec.spend)
    spec.curve[:] = 0
    spec.steep[:] = 1.0
    spec.bend[order] = np.geomspace(0.15, 3.0, spec.channels)
    return spec


def _demand(rng: np.random.Generator) -> Spec:
    spec = _draw_spec(rng)
    spec.follow = rng.uniform(0.5, 1.5)
    spec.demand_sd = rng.uniform(0.15, 0.35)
    spec.replan_sd *= 0.6
    return spec


def _own_demand(rng: np.random.Generator) -> Spec:
    spec = _draw_spec(rng)
    spec.follow, spec.follow_own = 0.5, rng.uniform(0.2, 0.6)
    return spec


def _claims(rng: np.random.Generator) -> Spec:
    spec = _draw_spec(rng)
    chosen = rng.permutation(spec.channels)[: max(1, spec.channels // 3)]
    spec.claimed = np.zeros(spec.channels)
    spec.claimed[chosen] = spec.yield_[chosen] * rng.uniform(1.0, 4.0, chosen.size)
    spec.yield_[chosen] *= 0.6
    return spec


def _halo(rng: np.random.Generator) -> Spec:
    spec = _draw_spec(rng, channels=int(rng.integers(4, 8)))
    source, target = rng.permutation(spec.channels)[:2]
    spec.halo = [(int(source), int(target), rng.uniform(0.3, 0.7))]
    return spec


def _orders_kind(rng: np.random.Generator) -> Spec:
    spec = _draw_spec(rng)
    spec.order_sd = rng.uniform(1.5, 2.2)
    spec.order[:] = spec.order.mean()
    spec.yield_ *= rng.uniform(0.1, 0.3)
    return spec


def _sparse(rng: np.random.Generator) -> Spec:
    spec = _draw_spec(rng)
    spec.yield_ *= 10 / spec.yield_.sum()
    small = rng.integers(spec.channels)
    spec.spend[small] *= 0.05
    spec.yield_[small] *= 0.05
    return spec


def _stopped(rng: np.random.Generator) -> Spec:
    spec = _draw_spec(rng, channels=int(rng.integers(4, 8)))
    spec.stopped = {int(rng.integers(spec.channels)): int(rng.integers(15, 60))}
    return spec


def _flights(rng: np.random.Generator) -> Spec:
    spec = _draw_spec(rng)
    chosen = rng.permutation(spec.channels)[: max(1, spec.channels // 2)]
    spec.flights = {int(c): (int(rng.integers(5, 15)), int(rng.integers(3, 9))) for c in chosen}
    spec.omit_idle = bool(rng.integers(2))
    return spec


def _drift(rng: np.random.Generator) -> Spec:
    spec = _draw_spec(rng)
    spec.drift = rng.uniform(0.25, 0.45)
    return spec


def _short(rng: np.random.Generator) -> Spec:
    return _draw_spec(rng, days=int(rng.integers(14, 31)))


def _unequal(rng: np.random.Generator) -> Spec:
    spec = _draw_spec(rng, channels=int(rng.integers(4, 8)))
    late = rng.permutation(spec.channels)[:2]
    spec.start = {int(late[0]): spec.days - int(rng.integers(14, 40)), int(late[1]): spec.days // 2}
    return spec


def _equal(rng: np.random.Generator) -> Spec:
    spec = _draw_spec(rng)
    spec.equal, spec.drift = True, 0.0
    for values in (spec.curve, spec.bend, spec.steep, spec.carry, spec.order):
        values[:] = values[0]
    spec.spend[:] = spec.spend[0] if rng.integers(2) else spec.spend
    # equal margins: return per unit the same everywhere
    spec.yield_ = spec.spend * (spec.yield_[0] / spec.spend[0])
    return spec


def _steady(rng: np.random.Generator) -> Spec:
    spec = _draw_spec(rng)
    spec.replan_sd, spec.wobble_sd = 0.0, 0.01
    return spec


def _pair(rng: np.random.Generator) -> Spec:
    return _draw_spec(rng, channels=2)


def _weekly(rng: np.random.Generator) -> Spec:
    spec = _draw_spec(rng, days=7 * int(rng.integers(60, 140)))
    spec.weekly = True
    spec.replan_days = 21.0
    return spec


def _everything(rng: np.random.Generator) -> Spec:
    spec = _claims(rng)
    spec.follow = rng.uniform(0, 1)
    spec.drift = 0.2
    spec.order_sd = 1.0
    source, target = rng.permutation(spec.channels)[:2]
    spec.halo = [(int(source), int(target), rng.uniform(0.1, 0.4))]
    return spec


def _s_curve(rng: np.random.Generator) -> Spec:
    """Little spend sells next to nothing: returns rise before they fall."""
    spec = _draw_spec(rng)
    spec.curve[:] = 0
    spec.steep, spec.bend = rng.uniform(1.8, 3.0, spec.channels), rng.uniform(0.4, 1.5, spec.channels)
    return spec


def _months_of_plans(rng: np.random.Generator) -> Spec:
    """Spend is what the month's plan says, every day the same."""
    spec = _draw_spec(rng)
    spec.wobble_sd, spec.replan_days, spec.replan_sd = 0.0, 30.0, 0.4
    return spec


def _boom(rng: np.random.Generator) -> Spec:
    """Demand moves more than anything else, and all spend follows it."""
    spec = _draw_spec(rng)
    spec.follow, spec.demand_sd, spec.demand_rho, spec.season = 1.5, 0.4, 0.95, 0.4
    spec.replan_sd *= 0.5
    return spec


def _many(rng: np.random.Generator) -> Spec:
    return _draw_spec(rng, channels=int(rng.integers(12, 21)))


def _large(rng: np.random.Generator) -> Spec:
    """So many sales that noise hardly matters; what the model has wrong does."""
    spec = _draw_spec(rng)
    spec.yield_ *= 30
    spec.order /= 30
    spec.noise = 0.05
    return spec


def _long_carry(rng: np.random.Generator) -> Spec:
    spec = _draw_spec(rng)
    spec.carry[:] = 0.85
    return spec


def _young(rng: np.random.Generator) -> Spec:
    return _draw_spec(rng, days=int(rng.integers(45, 90)))


def _straight(rng: np.random.Generator) -> Spec:
    """Returns hardly fall: here, the average is nearly the margin."""
    spec = _draw_spec(rng)
    spec.curve[:] = 1
    spec.bend = rng.uniform(0.75, 0.98, spec.channels)
    return spec


def _saturated(rng: np.random.Generator) -> Spec:
    spec = _draw_spec(rng)
    spec.curve[:] = 1
    spec.bend = rng.uniform(0.02, 0.3, spec.channels)
    return spec


KINDS: dict[str, Callable[[np.random.Generator], Spec]] = {
    "plain": _plain,
    "marginal": _marginal,
    "demand": _demand,
    "own demand": _own_demand,
    "claims": _claims,
    "halo": _halo,
    "heavy orders": _orders_kind,
    "sparse": _sparse,
    "stopped": _stopped,
    "flights": _flights,
    "drift": _drift,
    "short": _short,
    "unequal": _unequal,
    "equal": _equal,
    "steady": _steady,
    "pair": _pair,
    "weekly": _weekly,
    "everything": _everything,
    "s-curve": _s_curve,
    "months of plans": _months_of_plans,
    "boom": _boom,
    "many channels": _many,
    "large": _large,
    "long carry-over": _long_carry,
    "young": _young,
    "straight": _straight,
    "saturated": _saturated,
}


def make_market(kind: str, number: int) -> Market:
    """The market of a kind and number, the same every time; kind "timing" has 8 channels × 365 days."""
    seed = zlib.crc32(f"{kind}/{number}".encode())
    rng = np.random.default_rng(seed)
    spec = _draw_spec(rng, channels=8, days=365) if kind == "timing" else KINDS[kind](rng)
    return build(kind, spec, seed + 1)
