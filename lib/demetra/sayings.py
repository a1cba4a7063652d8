"""What an incident says, in English or Russian, from the facts that it was stored with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from demetra.names import clean_name
from demetra.schema import UNITS
from demetra.words.prose import write_day, write_figure, write_period

if TYPE_CHECKING:
    from demetra.advice.measures import Unit
    from demetra.words import Words

Facts = Mapping[str, Any]

_MONTHS_RU: Final = (
    *("январь", "февраль", "март", "апрель", "май", "июнь"),
    *("июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"),
)


def say_incident(incident: Facts, words: Words) -> str:
    """One plain sentence: what, where, how much in which unit, over which days, and what was expected.

    Args:
        incident: `channel`, `message`, `facts`; without facts, as incidents of earlier versions are, it says what was
            written then.
        words: the language.
    """
    facts = incident.get("facts")
    if not isinstance(facts, Mapping):
        return str(incident["message"])
    channel = clean_name(str(incident["channel"]))
    return _Speaker(channel.replace("@", "(at)"), facts, words).say()


def name_kind(kind: str, words: Words) -> str:
    """`Silent channel`; a rule of an analyst by its own name."""
    return words.choose(f"incident.{kind}", clean_name(kind.replace("_", " ")).capitalize())


def say_action(incident: Facts, words: Words) -> str:
    """What to do: ours in the language asked for, an analyst's in the analyst's words."""
    return words.restate(f"action.{incident['alert_type']}", str(incident["action"]))


class _Speaker:
    """Says the facts of one incident."""

    def __init__(self, channel: str, facts: Facts, words: Words) -> None:
        self._channel = channel
        self._facts = facts
        self._words = words

    def say(self) -> str:
        form = str(self._facts["form"])
        forms: dict[str, Callable[[], str]] = {
            "change": self._say_change,
            "pace": self._say_pace,
            "channel": self._say_channel,
            "campaigns": self._say_campaigns,
            "account": self._say_account,
            "plan": self._say_plan,
        }
        if form in forms:
            return forms[form]()
        return self._fill(f"say.{form}", when=self._when())

    def _say_change(self) -> str:
        metric = self._facts["metric"]
        value, expected, low, high = (self._figure(name, metric) for name in ("value", "expected", "low", "high"))
        if value is None:
            return self._fill("say.no_conversions", when=self._when(), expected=expected)
        span = self._words("say.between" if high else "say.at_least", low=low, high=high)
        return self._fill(
            "say.change",
            label=self._words(f"label.{metric}"),
            when=self._when(),
            value=value,
            expected=expected,
            span=span,
        )

    def _say_pace(self) -> str:
        amounts = {name: self._figure(name, "spend") for name in ("planned", "projected", "over")}
        return self._fill(
            "say.pace",
            spent=self._figure("spent", "spend"),
            ahead=self._write(self._facts["ahead"], "share"),
            day=self._facts["day"],
            days=self._facts["days"],
            rest=self._words("say.month_end", **amounts),
        )

    def _say_channel(self) -> str:
        conditions = [
            self._words(
                "say.next_condition" if place else "say.first_condition",
                label=self._words(f"label.{each['measure']}"),
                value=self._write(each["value"], UNITS[each["measure"]]),
                beyond=self._beyond(each),
            )
            for place, each in enumerate(self._facts["conditions"])
        ]
        bad, total = int(self._facts["bad"]), int(self._facts["total"])
        many = "one" if total == 1 else "all" if bad == total else "some"
        told = self._words(f"say.count_{many}", bad=bad, total=total)
        return self._fill("say.channel", conditions=self._words.join(conditions), when=self._when(), campaigns=told)

    def _say_campaigns(self) -> str:
        conditions: Sequence[Facts] = self._facts["conditions"]
        labels = [self._words(f"label.{each['measure']}") for each in conditions]
        beyond = [self._beyond(each) for each in conditions]
        values = [self._write(each["value"], UNITS[each["measure"]]) for each in conditions]
        return self._fill(
            "say.campaigns",
            bad=self._facts["bad"],
            total=self._facts["total"],
            share=self._write(self._facts["share"], "share"),
            conditions=self._join(labels, beyond),
            when=self._when(),
            whole=self._words("say.whole", values=self._join(labels, values)),
        )

    def _say_account(self) -> str:
        value, account = self._figure("value", "roi"), self._figure("account", "roi")
        ratio = self._write(self._facts["ratio"], "share")
        return self._fill("say.account", value=value, account=account, ratio=ratio, when=self._when())

    def _say_plan(self) -> str:
        day = date.fromisoformat(self._facts["last"])
        english = self._words.language == "en"
        month = self._words.short_day(day).split()[1] if english else _MONTHS_RU[day.month - 1]
        return self._fill(
            "say.plan",
            spent=self._figure("spent", "spend"),
            planned=self._figure("planned", "spend"),
            month=f"{month} {day.year}",
            progress=self._words(
                "say.progress",
                share=self._write(self._facts["share"], "share"),
                day=day.day,
                days=self._facts["days"],
                limit=self._write(self._facts["limit"], "share"),
            ),
        )

    def _fill(self, key: str, **facts: Any) -> str:
        return self._words(key, channel=self._channel, **facts)

    def _join(self, labels: Sequence[str], told: Sequence[str]) -> str:
        return self._words.join([" ".join(pair) for pair in zip(labels, told, strict=True)])

    def _beyond(self, condition: Facts) -> str:
        return self._words(
            f"say.{condition['side']}", limit=self._write(condition["limit"], UNITS[condition["measure"]])
        )

    def _figure(self, name: str, metric: str) -> str | None:
        value = self._facts[name]
        return None if value is None else self._write(value, UNITS[metric])

    def _write(self, value: float, unit: Unit) -> str:
        return write_figure(value, unit, language=self._words.language, currency=self._facts["currency"])

    def _when(self) -> str:
        first, last = (date.fromisoformat(self._facts[name]) for name in ("first", "last"))
        language = self._words.language
        if first == last:
            return self._words("say.on_day", day=write_day(first, language))
        return self._words("say.over_days", period=write_period(first, last, language))
