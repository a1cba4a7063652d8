"""Messages out of notifications: a few alone, many as one digest, in English or Russian; names are data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from demetra.names import clean_name
from demetra.sayings import name_kind, say_action, say_incident
from demetra.schema import SEVERITIES
from demetra.words import Words
from demetra.words.prose import write_day

Notification = Mapping[str, Any]

MOST_ALONE: Final = 3
"""More groups than these are told in one digest."""
MOST_LISTED: Final = 15
MOST_NAMED: Final = 5
LONGEST: Final = 3000


@dataclass(frozen=True)
class Message:
    """What one receiver gets: plain text, the notifications it tells, and the one whose chart it carries."""

    title: str
    body: str
    numbers: tuple[int, ...]
    pictured: Notification | None


def compose_messages(notifications: Sequence[Notification], *, words: Words, link: str, most: int) -> list[Message]:
    """The messages for one receiver, `most` at most: changes of one channel in one, and all in one where that is many.

    Args:
        notifications: `id, topic, severity, channel, content`, at least one.
        words: the language.
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
        _compose(sorted(group, key=_rank), [n for each in group for n in numbers[_key(each)]], words, link)
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


def _compose(group: list[Notification], numbers: list[int], words: Words, link: str) -> Message:
    alike = {(each["topic"], each["channel"]) for each in group}
    single = len(group) == 1 or (len(group) <= MOST_ALONE and len(alike) == 1 and group[0]["topic"] == "incident")
    if single:
        title = _title(group[0], words)
        parts = [_tell(each, words, titled=len(group) > 1) for each in group]
    else:
        title = _name_digest(group, words, single_channel=len(alike) == 1 and group[0]["topic"] == "incident")
        parts = [_line(each, words) for each in group[:MOST_LISTED]]
        if len(group) > MOST_LISTED:
            parts.append(words("message.more", count=len(group) - MOST_LISTED))
    body = ("\n\n" if single else "\n").join(parts)
    if len(body) > LONGEST:
        body = body[:LONGEST].rstrip() + "…"
    pictured = next((each for each in group if each["content"].get("metric")), None)
    return Message(title, f"{body}\n\n{words('message.see', link=link)}", tuple(numbers), pictured)


def _name_digest(group: list[Notification], words: Words, *, single_channel: bool) -> str:
    if not single_channel:
        return words("message.digest", count=len(group))
    severity, channel = words(f"severity.{group[0]['severity']}").upper(), _clean(group[0]["channel"])
    return words("message.channel", severity=severity, channel=channel, count=len(group))


def _title(notification: Notification, words: Words) -> str:
    content = notification["content"]
    if notification["topic"] != "incident":
        return words(f"notice.{content['notice']}")
    severity, kind = words(f"severity.{notification['severity']}").upper(), name_kind(content["alert_type"], words)
    return f"{severity}: {_clean(notification['channel'])} – {kind} ({words('change.' + content['event'])})"


def _tell(notification: Notification, words: Words, *, titled: bool) -> str:
    content = notification["content"]
    if notification["topic"] != "incident":
        return _say_notice(content, words)
    lines = [_title(notification, words)] if titled else []
    message = _say(notification, words)
    if content["event"] == "resolved":
        return "\n".join([*lines, words("message.over", message=message)])
    known = "since" if content.get("since") else "seen"
    day = date.fromisoformat(content.get("since") or str(content["first_seen"])[:10])
    lines += [message, words(f"message.{known}", day=write_day(day, words.language))]
    if worst := [_clean(each.get("name") or each["campaign_id"]) for each in content.get("worst") or []][:MOST_NAMED]:
        lines.append(words("message.campaigns", names=", ".join(worst)))
    return "\n".join([*lines, words("message.do", action=say_action(content, words))])


def _line(notification: Notification, words: Words) -> str:
    if notification["topic"] != "incident":
        return f"- {_title(notification, words)}. {_say_notice(notification['content'], words)}"
    return f"- {_title(notification, words)}. {_say(notification, words)}"


def _say(notification: Notification, words: Words) -> str:
    return say_incident({**notification["content"], "channel": notification["channel"]}, words)


def _say_notice(content: Mapping[str, Any], words: Words) -> str:
    """What happened to a run; its moments are written as the language writes them."""
    facts = dict(content)
    for name in {"began", "ended"} & facts.keys():
        facts[name] = words.moment(datetime.fromisoformat(facts[name]))
    return words(f"notice.{content['notice']}_text", **facts)


def _clean(name: object) -> str:
    """A name of the data; what would call somebody in a chat does not."""
    return clean_name(str(name)).replace("@", "(at)")
