"""Messages out of notifications: a few alone, many as one digest, in English or Russian; names are data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from demetra.languages import write_day
from demetra.names import clean_name
from demetra.schema import SEVERITIES

Notification = Mapping[str, Any]

MOST_ALONE: Final = 3
"""More groups than these are told in one digest."""
MOST_LISTED: Final = 15
MOST_NAMED: Final = 5
LONGEST: Final = 3000

_EVENTS: Final = {
    "en": {
        "opened": "new",
        "worsened": "worse",
        "woken": "no longer snoozed",
        "reopened": "again",
        "resolved": "over",
    },
    "ru": {
        "opened": "новое",
        "worsened": "хуже",
        "woken": "пауза кончилась",
        "reopened": "снова",
        "resolved": "прошло",
    },
}
_SEVERITIES: Final = {
    "en": {name: name for name in SEVERITIES},
    "ru": {"low": "низкая", "medium": "средняя", "high": "высокая", "critical": "критическая"},
}
_WORDS: Final = {
    "en": {
        "since": "Since",
        "seen": "First seen on",
        "campaigns": "Campaigns",
        "do": "What to do",
        "see": "Dashboard",
        "more": "and {0} more on the dashboard",
        "digest": "DEMETRA: {0} changes",
        "over": "This is over: {0}",
    },
    "ru": {
        "since": "С",
        "seen": "Впервые замечено",
        "campaigns": "Кампании",
        "do": "Что делать",
        "see": "Дашборд",
        "more": "и ещё {0} на дашборде",
        "digest": "DEMETRA: изменений – {0}",
        "over": "Это прошло: {0}",
    },
}


@dataclass(frozen=True)
class Message:
    """What one receiver gets: plain text, the notifications it tells, and the one whose chart it carries."""

    title: str
    body: str
    numbers: tuple[int, ...]
    pictured: Notification | None


def compose_messages(notifications: Sequence[Notification], *, language: str, link: str, most: int) -> list[Message]:
    """The messages for one receiver, `most` at most: changes of one channel in one, and all in one where that is many.

    Args:
        notifications: `id, topic, severity, channel, content`, at least one.
        language: "en" or "ru".
        link: the dashboard's address.
        most: how many messages may be sent, at least 1.
    """
    newest = _drop_outdated(notifications)
    numbers = {key: tuple(each["id"] for each in notifications if _key(each) == key) for key in map(_key, newest)}
    groups: dict[tuple[str, str], list[Notification]] = {}
    for each in newest:
        groups.setdefault((each["topic"], each["channel"] or ""), []).append(each)
    chosen = list(groups.values()) if len(groups) <= min(MOST_ALONE, most) else [newest]
    return [
        _compose(sorted(group, key=_rank), [n for each in group for n in numbers[_key(each)]], language, link)
        for group in chosen
    ]


def _drop_outdated(notifications: Sequence[Notification]) -> list[Notification]:
    """The newest change of each incident: what opened and is over by now is told as over, in one line."""
    return list({_key(each): each for each in sorted(notifications, key=lambda each: each["id"])}.values())


def _key(notification: Notification) -> tuple[str, Any]:
    return notification["topic"], notification["content"].get("alert_id", notification["id"])


def _rank(notification: Notification) -> tuple[bool, int, int]:
    over = notification["content"].get("event") == "resolved"
    return over, -SEVERITIES.index(notification["severity"]), notification["id"]


def _compose(group: list[Notification], numbers: list[int], language: str, link: str) -> Message:
    words = _WORDS[language]
    alike = {(each["topic"], each["channel"]) for each in group}
    single = len(group) == 1 or (len(group) <= MOST_ALONE and len(alike) == 1 and group[0]["topic"] == "incident")
    if single:
        title = _title(group[0], language)
        parts = [_tell(each, language, titled=len(group) > 1) for each in group]
    else:
        title = words["digest"].format(len(group))
        parts = [_line(each, language) for each in group[:MOST_LISTED]]
        if len(group) > MOST_LISTED:
            parts.append(words["more"].format(len(group) - MOST_LISTED))
    body = ("\n\n" if single else "\n").join(parts)
    if len(body) > LONGEST:
        body = body[:LONGEST].rstrip() + "…"
    pictured = next((each for each in group if each["content"].get("metric")), None)
    return Message(title, f"{body}\n\n{words['see']}: {link}", tuple(numbers), pictured)


def _title(notification: Notification, language: str) -> str:
    content = notification["content"]
    if notification["topic"] != "incident":
        return str(content["title"])
    kind = clean_name(str(content["alert_type"]).replace("_", " "))
    state = _EVENTS[language][content["event"]]
    severity = _SEVERITIES[language][notification["severity"]].upper()
    return f"{severity}: {_name(notification)}, {kind} ({state})"


def _tell(notification: Notification, language: str, *, titled: bool) -> str:
    content, words = notification["content"], _WORDS[language]
    if notification["topic"] != "incident":
        return str(content["text"])
    lines = [_title(notification, language)] if titled else []
    if content["event"] == "resolved":
        return "\n".join([*lines, words["over"].format(content["message"])])
    known = "since" if content.get("since") else "seen"
    day = write_day(date.fromisoformat(content.get("since") or str(content["first_seen"])[:10]), language)
    worst = [_clean(each.get("name") or each["campaign_id"]) for each in content.get("worst") or []][:MOST_NAMED]
    named = [f"{words['campaigns']}: {', '.join(worst)}"] if worst else []
    return "\n".join(
        [*lines, content["message"], f"{words[known]} {day}.", *named, f"{words['do']}: {content['action']}"]
    )


def _line(notification: Notification, language: str) -> str:
    if notification["topic"] != "incident":
        return f"- {notification['content']['title']}. {notification['content']['text']}"
    return f"- {_title(notification, language)}. {notification['content']['message']}"


def _name(notification: Notification) -> str:
    """The channel's name; what would call somebody in a chat does not."""
    return _clean(notification["channel"])


def _clean(name: object) -> str:
    return clean_name(str(name)).replace("@", "(at)")
