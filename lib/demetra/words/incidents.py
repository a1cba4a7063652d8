"""What is said of incidents, runs and those who are told of them."""

from __future__ import annotations

from typing import Final

_NAMES: Final = {
    "incident.roi_drop": ("ROI drop", "Падение ROI"),
    "incident.cost_spike": ("Cost spike", "Скачок цены конверсии"),
    "incident.low_conversion": ("Low conversion", "Низкая конверсия"),
    "incident.anomaly_high_ctr_low_conv": ("Clicks that do not buy", "Клики без покупок"),
    "incident.engagement_drop": ("Engagement drop", "Падение вовлечённости"),
    "incident.budget_overrun": ("Budget overrun", "Перерасход бюджета"),
    "incident.channel_underperform": ("Underperforming channel", "Отстающий канал"),
    "incident.roi_change": ("Unusual ROI", "Необычный ROI"),
    "incident.conversion_change": ("Unusual conversion rate", "Необычная конверсия"),
    "incident.cpa_change": ("Unusual cost per conversion", "Необычная цена конверсии"),
    "incident.ctr_change": ("Unusual click-through rate", "Необычный CTR"),
    "incident.spend_change": ("Unusual spend", "Необычный расход"),
    "incident.reach_change": ("Unusual reach", "Необычный охват"),
    "incident.channel_silent": ("Silent channel", "Канал молчит"),
    "incident.data_gap": ("No data", "Нет данных"),
    "incident.missing_days": ("Missing days", "Пропущенные дни"),
    "incident.spend_pace": ("Spend ahead of the plan", "Расход опережает план"),
    "incident.count": ("{count} {severity}", "{severity}: {count}"),
    "severity.critical": ("critical", "критично"),
    "severity.high": ("high", "важно"),
    "severity.medium": ("medium", "умеренно"),
    "severity.low": ("low", "несрочно"),
}

_ACTIONS: Final = {
    "action.roi_drop": (
        "Rework or pause the campaigns listed, the first one first; they cost the most of what is missing.",
        "Переработайте или остановите названные кампании, начиная с первой: на них теряется больше всего.",
    ),
    "action.cost_spike": (
        "Lower the bids or narrow the audience of the campaigns listed, and check that conversions are still recorded.",
        "Снизьте ставки или сузьте аудиторию названных кампаний и проверьте, что конверсии по-прежнему учитываются.",
    ),
    "action.low_conversion": (
        "Check the landing page and the offer of the campaigns listed, and that their conversions are still recorded.",
        "Проверьте посадочную страницу и предложение названных кампаний и то, что их конверсии учитываются.",
    ),
    "action.anomaly_high_ctr_low_conv": (
        "Look for accidental or invalid clicks by placement, and compare what the ads promise with the landing page.",
        "Поищите случайные и недействительные клики по площадкам и сравните обещания рекламы с посадочной страницей.",
    ),
    "action.engagement_drop": (
        "Renew the creatives of the campaigns listed and review whom they are shown to.",
        "Обновите креативы названных кампаний и пересмотрите, кому они показываются.",
    ),
    "action.budget_overrun": (
        "Cap the channel's daily spend for the rest of the month, or raise its plan.",
        "Ограничьте дневной расход канала до конца месяца или увеличьте план.",
    ),
    "action.channel_underperform": (
        "Read the budget advice for this channel before its next budget is set.",
        "Прочтите совет по бюджету этого канала, прежде чем назначать следующий бюджет.",
    ),
    "action.channel_silent": (
        "Check that the channel's campaigns are running and paid for, and that its tracking still reports.",
        "Проверьте, что кампании канала идут и оплачены и что статистика по нему передаётся.",
    ),
    "action.data_gap": (
        "Check the channel's export or connection, and load the days that are missing.",
        "Проверьте выгрузку или подключение канала и загрузите недостающие дни.",
    ),
    "action.missing_days": (
        "Load the days that are missing; until then sums over them are too low.",
        "Загрузите недостающие дни; до тех пор суммы за них занижены.",
    ),
    "action.spend_pace": (
        "Lower the channel's daily budget to what is left of the plan, or raise the plan.",
        "Снизьте дневной бюджет канала до остатка плана или увеличьте план.",
    ),
    "action.roi_change": (
        "Compare conversions, order values and the price of a click with those of the days before.",
        "Сравните конверсии, стоимость заказа и цену клика с предыдущими днями.",
    ),
    "action.conversion_change": (
        "Check the landing page, the checkout and the conversion tracking of this channel.",
        "Проверьте посадочную страницу, оформление заказа и учёт конверсий этого канала.",
    ),
    "action.cpa_change": (
        "Check bids and audiences, and whether conversions are still recorded.",
        "Проверьте ставки и аудитории и учитываются ли конверсии.",
    ),
    "action.ctr_change": (
        "Look at placements and creatives that changed; a sudden rise may be invalid clicks.",
        "Посмотрите, какие площадки и креативы изменились; внезапный рост бывает от недействительных кликов.",
    ),
    "action.spend_change": (
        "Check whether somebody changed budgets or bids on this channel.",
        "Проверьте, не менял ли кто-нибудь бюджеты или ставки в этом канале.",
    ),
    "action.reach_change": (
        "Check the frequency cap, the audience's size and rejected ads.",
        "Проверьте ограничение частоты, размер аудитории и отклонённые объявления.",
    ),
}

_SENTENCES: Final = {
    "label.roi": ("ROI", "ROI"),
    "label.conversion_rate": ("conversion rate", "конверсия"),
    "label.cpa": ("cost per conversion", "цена конверсии"),
    "label.ctr": ("click-through rate", "CTR"),
    "label.cpc": ("cost per click", "цена клика"),
    "label.cpm": ("cost per thousand impressions", "цена тысячи показов"),
    "label.engagement_score": ("mean engagement score", "средняя оценка вовлечённости"),
    "label.spend": ("spend per day", "расход в день"),
    "label.reach": ("reach per day", "охват в день"),
    "say.on_day": ("on {day}", "{day}"),
    "say.over_days": ("over {period}", "за {period}"),
    "say.between": ("{low} to {high}", "от {low} до {high}"),
    "say.at_least": ("at least {low}", "не меньше {low}"),
    "say.change": (
        "{channel}'s {label} was {value} {when}; {expected} was expected ({span}).",
        "{channel}: {label} {when} – {value}, ожидалось {expected} ({span}).",
    ),
    "say.no_conversions": (
        "{channel} had no conversions {when}; a cost per conversion of {expected} was expected.",
        "{channel}: {when} ни одной конверсии; ожидаемая цена конверсии – {expected}.",
    ),
    "say.silence": (
        "{channel} has gone silent: next to no impressions {when}, after running day by day.",
        "{channel} молчит: {when} показов почти нет, хотя до этого канал работал день за днём.",
    ),
    "say.gap": (
        "{channel} has no data {when}, while other channels have.",
        "{channel}: {when} нет данных, хотя по другим каналам они есть.",
    ),
    "say.holes": (
        "{channel} lacks data {when}, between days that have them.",
        "{channel}: {when} не хватает данных, хотя за дни до и после они есть.",
    ),
    "say.pace": (
        "{channel} has spent {spent} by day {day} of {days}, {ahead} ahead of its plan; {rest}.",
        "{channel}: к {day}-му дню месяца из {days} потрачено {spent}, на {ahead} больше, чем по плану; {rest}.",
    ),
    "say.month_end": (
        "at this pace the month ends at {projected}, {over} above the {planned} planned",
        "при таком темпе за месяц выйдет {projected}, на {over} больше плана в {planned}",
    ),
    "say.below": ("below {limit}", "ниже {limit}"),
    "say.above": ("above {limit}", "выше {limit}"),
    "say.first_condition": ("{label} was {value} ({beyond})", "{label} – {value} ({beyond})"),
    "say.next_condition": ("{label} {value} ({beyond})", "{label} – {value} ({beyond})"),
    "say.channel": ("{channel}'s {conditions} {when}; {campaigns}.", "{channel}: {when} {conditions}; {campaigns}."),
    "say.count_one": ("it has one campaign", "кампания у канала одна"),
    "say.count_all": ("all {total} campaigns are in breach", "кампаний с нарушением – все {total}"),
    "say.count_some": (
        "{bad} of {total} campaigns are in breach",
        "кампаний с нарушением – {bad} из {total}",
    ),
    "say.campaigns": (
        "{bad} of {channel}'s {total} campaigns, {share} of its spend, were in breach {when} ({conditions}); {whole}.",
        "{channel}: у {bad} из {total} кампаний, на которых {share} расхода, нарушение {when} ({conditions}); {whole}.",
    ),
    "say.whole": ("the channel as a whole: {values}", "у канала в целом {values}"),
    "say.account": (
        "{channel}'s ROI was {value} {when}, below {ratio} of the account's {account}.",
        "{channel}: ROI {when} – {value}, это ниже {ratio} от ROI всего аккаунта ({account}).",
    ),
    "say.plan": (
        "{channel} has spent {spent} of the {planned} planned for {month}: {progress}.",
        "{channel}: потрачено {spent} из плана в {planned} на {month}: {progress}.",
    ),
    "say.progress": ("{share} by day {day} of {days}, above {limit}", "{share} к {day}-му дню из {days}, выше {limit}"),
}

_MESSAGES: Final = {
    "change.opened": ("new", "новое"),
    "change.worsened": ("worse", "хуже"),
    "change.woken": ("no longer snoozed", "пауза кончилась"),
    "change.reopened": ("again", "снова"),
    "change.resolved": ("over", "прошло"),
    "message.since": ("Since {day}.", "С {day}."),
    "message.seen": ("First seen on {day}.", "Впервые замечено {day}."),
    "message.campaigns": ("Campaigns: {names}", "Кампании: {names}"),
    "message.do": ("What to do: {action}", "Что делать: {action}"),
    "message.see": ("Dashboard: {link}", "Дашборд: {link}"),
    "message.more": ("and {count} more on the dashboard", "и ещё {count} на дашборде"),
    "message.digest": ("DEMETRA: {count} changes", "DEMETRA: изменений – {count}"),
    "message.channel": ("{severity}: {channel} – {count} changes", "{severity}: {channel} – изменений: {count}"),
    "message.over": ("This is over: {message}", "Это прошло: {message}"),
    "message.test": ("DEMETRA: a test", "DEMETRA: проверка"),
    "message.test_text": (
        "Alerts and failed runs will be told here.",
        "Сюда будут приходить сигналы и сообщения о сорвавшихся запусках.",
    ),
    "notice.failed": ("DEMETRA: a run failed", "DEMETRA: запуск сорвался"),
    "notice.failed_text": (
        "Run {run}: {reason}\nWhat is shown is the last good result. `demetra status` has the rest.",
        "Запуск {run}: {reason}\nПоказан последний удачный результат. Остальное скажет `demetra status`.",
    ),
    "notice.recovered": ("DEMETRA: runs work again", "DEMETRA: запуски снова удаются"),
    "notice.recovered_text": ("Run {run} ended well.", "Запуск {run} удался."),
    "notice.missed": ("DEMETRA: runs were missed", "DEMETRA: запуски пропущены"),
    "notice.missed_text": (
        "After run {run}, which ended on {ended}, none began in time; one is due every {minutes} minutes.",
        "После запуска {run}, конец – {ended}, следующий вовремя не начался; запуск должен быть раз в {minutes} мин.",
    ),
    "notice.stuck": ("DEMETRA: a run hangs", "DEMETRA: запуск завис"),
    "notice.stuck_text": (
        "Run {run} began on {began} and has not ended; one is due every {minutes} minutes.",
        "Запуск {run} начался {began} и не закончился; запуск должен быть раз в {minutes} мин.",
    ),
}

INCIDENTS: Final[dict[str, tuple[str, str]]] = {**_NAMES, **_ACTIONS, **_SENTENCES, **_MESSAGES}
