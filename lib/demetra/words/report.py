"""What the report says beside the page's words: its cover, its tables' heads, and how far to trust its figures."""

from __future__ import annotations

from typing import Final

REPORT: Final[dict[str, tuple[str, str]]] = {
    "report.title": ("Report", "Отчёт"),
    "report.lead": (
        "What every ad channel returned, and what it will return",
        "Что вернул каждый рекламный канал и что вернёт дальше",
    ),
    "report.state": ("State", "Состояние"),
    "report.empty": (
        "Nothing has been published yet. Import a file and run `demetra sync`.",
        "Пока ничего не опубликовано. Загрузите файл и выполните `demetra sync`.",
    ),
    "report.period": ("Period", "Период"),
    "report.span": ("{first} to {last}", "{first} – {last}"),
    "report.until": ("Data until", "Данные по"),
    "report.refreshed": ("Refreshed", "Обновлено"),
    "report.run": ("Run", "Запуск"),
    "report.currency": ("Currency", "Валюта"),
    "report.demo": ("These are figures of a simulated market.", "Это показатели смоделированного рынка."),
    "report.stale": ("{title} is out of date", "{title}: устарело"),
    "report.last_good": (
        "its last good result, of {until}; it fails since {since}: {reason}",
        "последний удачный результат, за {until}; сбой с {since}: {reason}",
    ),
    "report.never": (
        "never computed; it fails since {since}: {reason}",
        "ни разу не посчитано; сбой с {since}: {reason}",
    ),
    "report.against": (
        "Last {days} days against the {days} days before",
        "Последние {days} дней против предыдущих {days} дней",
    ),
    "report.charts": ("Charts", "Графики"),
    "report.definitions": ("Definitions", "Определения"),
    "report.no_rows": ("(no rows)", "(строк нет)"),
    "report.alert": ("{severity}, since {since}", "{severity}, с {since}"),
    "report.figures": ("Key figures", "Показатели"),
    "report.channels": ("Channels over the last {days} days", "Каналы за последние {days} дней"),
    "report.later": ("Then load this page again.", "Потом откройте этот файл заново."),
    # heads of the exact tables
    "head.figure": ("Figure", "Показатель"),
    "head.last_days": ("Last {days} days", "Последние {days} дней"),
    "head.days_before": ("{days} days before", "{days} дней до них"),
    "head.from80": ("80% from", "80 % от"),
    "head.to80": ("80% to", "80 % до"),
    "head.from95": ("95% from", "95 % от"),
    "head.to95": ("95% to", "95 % до"),
    "head.days_ahead": ("Days ahead", "Дней вперёд"),
    "head.evidence": ("Evidence", "Доказательность"),
    "head.reason": ("Reason", "Причина"),
    "head.day": ("Day", "День"),
    "head.actual": ("{label} actual", "{label}: факт"),
    "head.pred": ("{label} predicted", "{label}: прогноз"),
    "head.lo80": ("{label} 80% from", "{label}: 80 % от"),
    "head.hi80": ("{label} 80% to", "{label}: 80 % до"),
    "head.severity": ("Severity", "Важность"),
    "head.what": ("What", "Что"),
    "head.since": ("Since", "С какого времени"),
    "head.message": ("Message", "Сообщение"),
    "head.action": ("What to do", "Что делать"),
    "head.campaigns": ("Campaigns", "Кампании"),
    "head.more": ("and {count} more", "и ещё {count}"),
    "head.part": ("Part", "Раздел"),
    "head.about": ("About", "О чём"),
    "head.text": ("Text", "Текст"),
    "head.summary": ("Summary", "Главное"),
    "head.author": ("Author", "Автор"),
    "head.word": ("Word", "Слово"),
    "head.meaning": ("Meaning", "Значение"),
    # how far to trust the figures
    "trust.record": ("Track record of the forecasts", "Как сбывались прогнозы"),
    "trust.model": ("Predictions of campaigns", "Предсказания по кампаниям"),
    "trust.outlook": ("What would add to the budget advice", "Что дополнило бы совет по бюджету"),
    "trust.nothing_due": (
        "No published forecast has come due yet. Each is judged when data for its days have been loaded.",
        "Срок ещё ни одного прогноза не наступил. Каждый сверяется с фактом, когда загружены данные за его дни.",
    ),
    "trust.due": (
        (
            "What was forecast for {first} to {last} has come due: {held} came inside the 80% interval. An "
            "error below 1 is less than that of the best naive forecast (the last value, the last weekday's, the mean "
            "of 28 days), which is known only in hindsight."
        ),
        (
            "Прогнозы на {first} – {last} можно сверить с фактом: в 80%-й интервал попало {held}. Ошибка меньше 1 "
            "меньше, чем у лучшего из наивных прогнозов (последнее значение, тот же день недели, среднее за 28 дней), "
            "а какой из них лучший, видно лишь задним числом."
        ),
    ),
    "trust.held": ("{share} of the days", "{share} дней"),
    "trust.held_whole": (
        ", and {share} of the whole horizons, which overlap,",
        " и {share} горизонтов целиком, которые перекрываются",
    ),
    "trust.days": ("Forecasts judged", "Прогнозов сверено"),
    "trust.ratio": ("Error against the best naive", "Ошибка к лучшему наивному"),
    "trust.inside80": ("Inside 80%", "Внутри 80 %"),
    "trust.inside95": ("Inside 95%", "Внутри 95 %"),
    "trust.too_few": (
        "Too few rows or days for a time-ordered validation: the channel's mean serves.",
        "Строк или дней мало для проверки на более поздних данных: предсказывает среднее канала.",
    ),
    "trust.trees_serve": (
        "XGBoost beat the channel's mean on later rows by more than chance.",
        "На более поздних строках XGBoost точнее среднего канала сверх случайности.",
    ),
    "trust.mean_serves": (
        "XGBoost did not beat the channel's mean on later rows by more than chance, so the mean serves.",
        "На более поздних строках XGBoost не точнее среднего канала сверх случайности: предсказывает среднее.",
    ),
    "trust.trained": (
        "Trained on {rows} campaigns of {first} to {last}.",
        "Обучено на кампаниях ({rows}) за {first} – {last}.",
    ),
    "trust.explained": (
        "Share of the differences in ROI that they explained on later rows: {shares}.",
        "Какую долю различий ROI они объяснили на более поздних строках: {shares}.",
    ),
    "trust.share": ("{name} {share}", "{name} {share}"),
    "trust.of_xgboost": ("XGBoost", "XGBoost"),
    "trust.of_channel mean": ("the channel's mean", "среднее канала"),
    "trust.of_account mean": ("the account's mean", "среднее счёта"),
    "trust.drivers": ("What drives it: {names}.", "На что опирается: {names}."),
    "trust.no_drivers": (
        "No attribute tells more than chance.",
        "Ни один признак не говорит больше, чем случай.",
    ),
    "feature.channel": ("channel", "канал"),
    "feature.goal": ("goal", "цель"),
    "feature.weekday": ("weekday", "день недели"),
    "feature.location": ("location", "место"),
    "feature.audience": ("audience", "аудитория"),
    "feature.segment": ("segment", "сегмент"),
    "feature.language": ("language", "язык"),
    "feature.duration": ("duration", "длительность"),
    "feature.log clicks": ("log clicks", "логарифм кликов"),
    "feature.log impressions": ("log impressions", "логарифм показов"),
    "feature.engagement rate": ("engagement rate", "доля вовлечений"),
    "feature.ctr": ("CTR", "CTR"),
    "feature.day of month": ("day of month", "день месяца"),
    "feature.month": ("month", "месяц"),
    "outlook.experiment": (
        (
            "Try {channel}: for {days} days, spend {share} more than now in one week and {share} less in the next. It "
            "would tell whether it should get money from the others or give it up."
        ),
        (
            "Проверьте {channel}: {days} дней тратьте одну неделю на {share} больше, чем сейчас, следующую на {share} "
            "меньше. Станет видно, давать ли каналу деньги других или забирать их у него."
        ),
    ),
    "outlook.wider bounds": (
        "With bounds of ±{bound} the best plan is expected to gain {gain} (80% interval {interval}).",
        "При границах ±{bound} лучший план даст {gain} (80%-й интервал {interval}).",
    ),
}
