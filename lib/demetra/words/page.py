"""What the page itself says: headings, buttons, states."""

from __future__ import annotations

from typing import Final

PAGE: Final[dict[str, tuple[str, str]]] = {
    "top.until": ("Data until", "Данные по"),
    "top.refreshed": ("refreshed", "обновлено"),
    "top.demo": ("Demo data", "Демо-данные"),
    "top.stale": ("Out of date in part", "Частично устарело"),
    "top.sync": ("Sync now", "Обновить"),
    "top.export": ("Export", "Экспорт"),
    "top.language": ("Language", "Язык"),
    "top.theme": ("Theme", "Тема"),
    "top.sections": ("Sections", "Разделы"),
    "top.skip": ("Skip to the figures", "Сразу к показателям"),
    "top.demo_note": (
        "These are figures of a simulated market. Load your own, and the simulated rows are withdrawn:",
        "Это показатели смоделированного рынка. Загрузите свои данные, и смоделированные исчезнут:",
    ),
    "nav.figures": ("Figures", "Показатели"),
    "nav.alerts": ("Alerts", "Сигналы"),
    "nav.panels": ("Forecasts", "Прогнозы"),
    "nav.compare": ("Compare", "Сравнение"),
    "nav.explore": ("Explore", "Обзор"),
    "nav.audience": ("Audience", "Аудитория"),
    "nav.advice": ("Advice", "Советы"),
    "nav.what_if": ("What if", "Что если"),
    "figures.title": ("Last {days} days", "Последние {days} дней"),
    "figures.against": ("against the {days} days before", "против предыдущих {days} дней"),
    "figures.better": ("better", "лучше"),
    "figures.worse": ("worse", "хуже"),
    "alerts.title": ("Alerts", "Сигналы"),
    "alerts.none": ("No open alerts.", "Открытых сигналов нет."),
    "alerts.since": ("since {moment}", "с {moment}"),
    "alerts.ended": ("{since} – {until}", "{since} – {until}"),
    "alerts.campaigns": ("Campaigns: {names}", "Кампании: {names}"),
    "alerts.and_more": ("{names} and {count} more", "{names} и ещё {count}"),
    "alerts.do": ("Do:", "Что делать:"),
    "alerts.read": ("Mark as read", "Прочитано"),
    "alerts.is_read": ("read", "прочитано"),
    "alerts.acknowledge": ("Acknowledge", "Взять в работу"),
    "alerts.acknowledged": ("acknowledged", "в работе"),
    "alerts.snooze": ("Snooze", "Отложить"),
    "alerts.snooze_4": ("4 hours", "На 4 часа"),
    "alerts.snooze_24": ("1 day", "На день"),
    "alerts.snooze_168": ("1 week", "На неделю"),
    "alerts.until": ("Until", "До"),
    "alerts.snoozed": ("snoozed until {moment}", "отложен до {moment}"),
    "alerts.resolve": ("Resolve", "Закрыть"),
    "alerts.resolved_by": ("closed by {author}", "закрыт: {author}"),
    "alerts.events": ("What happened to it", "Что с ним было"),
    "alerts.others": ("Show {count} more", "Показать ещё {count}"),
    "alerts.history": ("History", "История"),
    "alerts.no_history": ("No alert has been resolved yet.", "Закрытых сигналов пока нет."),
    "panels.title": ("Forecasts and budget", "Прогнозы и бюджет"),
    "panels.table": ("{title} as a table", "{title}: таблица"),
    "panels.csv": ("CSV", "CSV"),
    "panels.csv_of": ("Download {title} as CSV", "Скачать CSV: {title}"),
    "panels.not_computed": ("Not computed yet.", "Ещё не посчитано."),
    "panels.no_picture": (
        "There is no picture of this result; its figures are below.",
        "Рисунка этого результата нет; его цифры ниже.",
    ),
    "panels.in_english": (
        "The picture's labels are in English.",
        "Рисунок общий для всех читателей, подписи на нём английские; те же цифры по-русски — в таблице.",
    ),
    "panels.forecast_key": (
        "Dot: forecast. Thick line: 80% interval, thin: 95%.",
        "Точка — прогноз. Толстая линия — 80%-й интервал, тонкая — 95%-й.",
    ),
    "panels.budget_key": (
        "Dot: advised change of the channel's budget; the line is no change.",
        "Точка — советуемое изменение бюджета канала; черта — без изменений.",
    ),
    "panels.track_key": (
        "Line: actual. Shade: 80% interval, to the right of the dashes the forecast.",
        "Линия — факт. Тень — 80%-й интервал, правее пунктира прогноз.",
    ),
    "stale.outdated": ("{title} is out of date.", "{title}: результат устарел."),
    "stale.failed": ("{title} could not be computed.", "{title}: посчитать не удалось."),
    "stale.last_good": (
        "What is shown is its last good result, with data until {until}.",
        "Показан последний удачный результат, данные по {until}.",
    ),
    "stale.since": ("It has failed since {since}: {reason}", "Сбой с {since}: {reason}"),
    "stale.badge_outdated": ("Out of date", "Устарело"),
    "stale.badge_failed": ("Failed", "Сбой"),
    "stale.no_reason": ("no reason was recorded", "причина не записана"),
    "compare.title": ("Channels side by side", "Каналы рядом"),
    "compare.metric": ("Metric", "Показатель"),
    "compare.period": ("Period", "Период"),
    "compare.days": ("Last {days} days", "Последние {days} дней"),
    "compare.period_shown": ("{first} – {last}", "{first} – {last}"),
    "compare.apart": ("All channels can be told apart.", "Все каналы различимы."),
    "compare.tied": ("Cannot be told apart: {groups}.", "Неразличимы: {groups}."),
    "compare.thin": (
        "Too few days to tell channels apart: at least {days} are needed.",
        "Слишком мало дней, чтобы различить каналы: нужно не меньше {days}.",
    ),
    "compare.alone": ("There is one channel: nothing to compare.", "Канал один: сравнивать не с чем."),
    "compare.total": (
        "Totals are counted, not estimated: they have no interval.",
        "Суммы посчитаны, а не оценены: интервалов у них нет.",
    ),
    "compare.none": ("No rows in this period.", "В этом периоде строк нет."),
    "compare.note": (
        (
            "Ratios of sums; intervals from how days differ. Channels joined by a letter differ by no more than chance "
            "explains (5%, all pairs considered together)."
        ),
        (
            "Отношения сумм; интервалы — по разбросу дней. Каналы с общей буквой различаются не больше, чем объясняет "
            "случай (5 %, с поправкой на все пары)."
        ),
    ),
    "explore.title": ("Explorer", "Обзор данных"),
    "explore.off": (
        "The explorer answers as soon as the page is connected.",
        "Обзор заработает, как только страница подключится.",
    ),
    "audience.title": ("Audience and timing", "Аудитория и время"),
    "audience.lead": (
        (
            "{first} – {last}. Each cell against what its mix of channels would give. Grey: chance explains it. "
            "A group of one campaign tells of that campaign."
        ),
        (
            "{first} – {last}. Каждая ячейка — против того, что дал бы её набор каналов. Серое объясняется случаем. "
            "Группа из одной кампании говорит об этой кампании."
        ),
    ),
    "audience.none": ("Not computed yet.", "Ещё не посчитано."),
    "audience.rows": ("Rows", "Строк"),
    "audience.above": ("above", "выше"),
    "audience.below": ("below", "ниже"),
    "audience.chance": ("chance", "случай"),
    "audience.expected": ("{verdict} the {value} expected", "{verdict} ожидаемых {value}"),
    "audience.thin": ("too few", "мало данных"),
    "audience.picture": ("Audience and timing as a picture", "Аудитория и время: рисунок"),
    "dimension.target_audience": ("Audience", "Аудитория"),
    "dimension.customer_segment": ("Segment", "Сегмент"),
    "dimension.location": ("Location", "Место"),
    "dimension.language": ("Language", "Язык"),
    "dimension.campaign_goal": ("Goal", "Цель"),
    "dimension.channel": ("Channel", "Канал"),
    "dimension.weekday": ("Day of week", "День недели"),
    "weekday.1": ("Monday", "понедельник"),
    "weekday.2": ("Tuesday", "вторник"),
    "weekday.3": ("Wednesday", "среда"),
    "weekday.4": ("Thursday", "четверг"),
    "weekday.5": ("Friday", "пятница"),
    "weekday.6": ("Saturday", "суббота"),
    "weekday.7": ("Sunday", "воскресенье"),
    "advice.title": ("Recommendations", "Рекомендации"),
    "advice.none": ("Not written yet.", "Ещё не написаны."),
    "advice.written": ("Written {moment}.", "Написано {moment}."),
    "advice.linked": (
        "Underlined figures lead to the table that they come from.",
        "Подчёркнутые цифры ведут к таблице, из которой они взяты.",
    ),
    "what_if.title": ("What if the budget were different?", "Что, если бюджет другой?"),
    "what_if.total": ("Total for {days} days", "Всего на {days} дней"),
    "what_if.bound": ("No channel moves by more than", "Канал меняется не больше чем на"),
    "what_if.keep": ("Keep", "Не менять"),
    "what_if.reset": ("Back to the advice", "Вернуть совет"),
    "what_if.start": (
        "Move a slider: the split is computed again at once.",
        "Подвиньте ползунок: распределение пересчитается сразу.",
    ),
    "what_if.held": (
        "Keep the current split: no other one is likely enough to return more.",
        "Оставить нынешнее распределение: нет другого, которое достаточно вероятно вернёт больше.",
    ),
    "what_if.expected": (
        "Expected return {value} against the same total split as now (80% interval {interval}).",
        "Ожидаемая отдача {value} против той же суммы, разделённой как сейчас (80%-й интервал {interval}).",
    ),
    "trust.title": ("How far to trust this", "Насколько этому верить"),
    "words.title": ("What the words mean", "Что значат слова"),
    "words.roi": (
        "(revenue − spend) / spend; 0 is break-even. Ratios are ratios of sums.",
        "(выручка − расход) / расход; 0 — безубыточность. Отношения — это отношения сумм.",
    ),
    "words.rates": ("Conversion rate, CTR", "Конверсия, CTR"),
    "words.rates_mean": (
        "conversions / clicks, and clicks / impressions.",
        "конверсии / клики и клики / показы.",
    ),
    "words.interval": (
        (
            "where the value lands four times out of five, judged by how far past forecasts were off. Channels whose "
            "intervals overlap cannot be told apart."
        ),
        (
            "куда значение попадает в четырёх случаях из пяти, судя по ошибкам прогнозов. Каналы, чьи "
            "интервалы пересекаются, неразличимы."
        ),
    ),
    "words.confidence": (
        "the chance that the ROI over the forecast's days lands within ±10% of the forecast.",
        "вероятность, что ROI за дни прогноза попадёт в ±10 % от него.",
    ),
    "words.reach": (
        "summed over days, so it counts contacts, not people; impressions where a source has no reach.",
        "сумма по дням, то есть контакты, а не люди; показы, если источник не знает охвата.",
    ),
    "words.run": ("Run {run}", "Запуск {run}"),
    "empty.title": ("Nothing has been published yet", "Пока ничего не опубликовано"),
    "empty.lead": ("Two commands bring the first results:", "Первые результаты дают две команды:"),
    "empty.ingest": (
        "loads your own data (CSV, TSV or XLSX); without it, {command} starts with a sample market.",
        "загружает ваши данные (CSV, TSV или XLSX); без неё {command} начнёт с учебного рынка.",
    ),
    "empty.sync": (
        "computes forecasts, budget advice, alerts and recommendations.",
        "считает прогнозы, совет по бюджету, сигналы и рекомендации.",
    ),
    "empty.then": ("This page fills by itself then.", "После этого страница заполнится сама."),
    "door.lead": (
        "This dashboard asks for the token that its owner has given you.",
        "Эта страница открывается по токену: его даёт её владелец.",
    ),
    "door.token": ("Token", "Токен"),
    "door.enter": ("Open the dashboard", "Открыть"),
    "door.wrong": ("That is not the token.", "Это не тот токен."),
    "door.failed": ("This cannot be shown: {status} {said}.", "Показать это нельзя: {status} {said}."),
    "away.title": ("The figures cannot be read now", "Сейчас показатели прочитать нельзя"),
    "away.retry": ("Try again", "Попробовать снова"),
    "away.lead": (
        "DEMETRA is running, but its database does not answer. Nothing is lost; this page tries again by itself.",
        "DEMETRA работает, но база данных не отвечает. Ничего не потеряно; страница попробует снова сама.",
    ),
}
