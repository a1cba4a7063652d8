"""Why a channel's budget moves or stays. A run says it in English; pages say it again in their own language."""

from __future__ import annotations

from typing import Final

REASONS: Final[dict[str, tuple[str, str]]] = {
    # how a budget that stays is called
    "reason.unchanged": ("unchanged", "без изменений"),
    "reason.minimum": ("{change}, raised to its minimum", "{change}, поднят до своего минимума"),
    "reason.share": ("{change}, its share of the new total unchanged", "{change}, доля в новой сумме прежняя"),
    # why it stays
    "reason.never_spent": ("no budget: it has not spent anything", "бюджета нет: канал ничего не тратил"),
    "reason.stopped": (
        "no budget: it has not spent anything since {day}, and a stopped channel is not revived",
        "бюджета нет: канал ничего не тратит с {day}, а остановленный канал не оживляется",
    ),
    "reason.fixed": ("unchanged: fixed by the limits", "без изменений: так велят ограничения"),
    "reason.unknown": ("{rest}: its conversions are not known", "{rest}: его конверсии неизвестны"),
    "reason.one_day": (
        "{rest}: {days} of history is too few to judge by",
        "{rest}: {days} истории мало, чтобы судить",
    ),
    "reason.few_days": (
        "{rest}: {days} of history are too few to judge by",
        "{rest}: {days} истории мало, чтобы судить",
    ),
    "reason.no_outcome": (
        "{rest}: neither conversions nor revenue are known, so there is nothing to judge by",
        "{rest}: неизвестны ни конверсии, ни выручка, судить не по чему",
    ),
    "reason.no_sales": (
        "{rest}: no channel has sold anything, so there is nothing to judge by",
        "{rest}: ни у одного канала нет продаж, судить не по чему",
    ),
    "reason.no_room": (
        "{rest}: the limits leave no room to move money",
        "{rest}: ограничения не оставляют места, чтобы двигать деньги",
    ),
    "reason.alone": (
        "{rest}: there is no other channel that money could move to or come from",
        "{rest}: нет другого канала, которому можно отдать деньги или у которого взять",
    ),
    "reason.failed": (
        "{rest}: the search for a better plan failed, so the current split is kept",
        "{rest}: поиск лучшего плана не удался, поэтому распределение прежнее",
    ),
    "reason.thin": (
        "{rest}: {evidence} cannot tell its next unit from the others'",
        "{rest}: {evidence} не отличают отдачу его следующей единицы бюджета от остальных",
    ),
    "reason.close": (
        "{rest}: its next unit {returns}, too close to the others' to move money",
        "{rest}: следующая единица бюджета {returns}, слишком близко к остальным, чтобы двигать деньги",
    ),
    # what its history is
    "reason.steady": ("{days} of steady spend", "{days} ровных расходов"),
    "reason.history": ("{days} of history", "{days} истории"),
    "reason.conversions": ("{count} conversions in {days}", "конверсии ({count} за {days})"),
    "reason.noise": ("{days} with this much noise", "{days} при таком разбросе"),
    "reason.day": ("{count} day", "{count} день"),
    "reason.days": ("{count} days", "{count} дн."),
    # why it moves
    "reason.gets": (
        "{change}: its next unit {returns}, in the channels that give money up {rival}",
        "{change}: следующая единица бюджета {returns}, в каналах, которые отдают деньги, – {rival}",
    ),
    "reason.gives": (
        "{change}: its next unit {returns}, in the channels that get it {rival}",
        "{change}: следующая единица бюджета {returns}, в каналах, которые их получают, – {rival}",
    ),
    "reason.revenue": (
        "is expected to return {value} ({low} to {high})",
        "вернёт около {value} (от {low} до {high})",
    ),
    "reason.cost": (
        "is expected to cost {value} per conversion ({low} to {high})",
        "даст конверсию примерно за {value} (от {low} до {high})",
    ),
    "reason.any": ("any amount", "сколько угодно"),
    # how a budget is called that moves against its share, as the total does
    "reason.larger": ("{change}, its share of the new total larger", "{change}, доля в новой сумме больше"),
    "reason.smaller": ("{change}, its share of the new total smaller", "{change}, доля в новой сумме меньше"),
    # what is added to it
    "reason.and_more": (
        "{reason}, although on average it returns more than the account",
        "{reason}, хотя в среднем канал возвращает больше, чем весь счёт",
    ),
    "reason.and_less": (
        "{reason}, although on average it returns less than the account",
        "{reason}, хотя в среднем канал возвращает меньше, чем весь счёт",
    ),
    "reason.and_average": (
        "{reason}; judged by average returns, as its own spend tells little",
        "{reason}; по средней отдаче, потому что по его расходам мало что видно",
    ),
    "reason.and_target": ("{reason}; moved to reach the target", "{reason}; сдвиг ради цели"),
}
