"""Who is told: the addresses of `DEMETRA_NOTIFY_URLS`, each a receiver with a name, and what its route lets through."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from demetra.errors import ConfigurationError, Problem
from demetra.schema import SEVERITIES
from demetra.settings import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from demetra.rules import NotificationRules, Rules
    from demetra.settings import Settings

_BETWEEN: Final = re.compile(r"[\s,;]+(?=(?:[A-Za-z][\w-]*=)?[A-Za-z][A-Za-z0-9+.-]*://)")
_ENTRY: Final = re.compile(r"(?:(?P<name>[A-Za-z][\w-]*)=)?(?P<url>[A-Za-z][A-Za-z0-9+.-]*://\S+)")


@dataclass(frozen=True)
class Receiver:
    """A name, which is stored and shown, and an address, which is neither."""

    name: str
    url: Secret


def read_receivers(settings: Settings, rules: Rules | None = None) -> tuple[Receiver, ...]:
    """The receivers; those without a name are called by their kind and place, `mailto-2`.

    With `rules`, routes and alert rules that name a receiver are checked too.

    Raises:
        ConfigurationError: naming every entry that cannot be read, and every name that nobody has.
    """
    given = settings.notify_urls.reveal() if settings.notify_urls else ""
    receivers: list[Receiver] = []
    problems: list[Problem] = []
    for place, entry in enumerate(_BETWEEN.split(given.strip()) if given.strip() else [], start=1):
        found = _ENTRY.fullmatch(entry.strip())
        if found is None:
            problems.append(Problem(f"DEMETRA_NOTIFY_URLS, entry {place}", "no address", "name=scheme://…"))
            continue
        name = found["name"] or f"{found['url'].partition(':')[0].lower()}-{place}"
        if name in {receiver.name for receiver in receivers}:
            problems.append(Problem(f"DEMETRA_NOTIFY_URLS, entry {place}", f"the name {name!r} again", "another name"))
        receivers.append(Receiver(name, Secret(found["url"])))
    if rules is not None and receivers:
        problems += _check_names({receiver.name for receiver in receivers}, rules)
    if problems:
        raise ConfigurationError("The receivers of notifications cannot be used", problems)
    return tuple(receivers)


def _check_names(known: set[str], rules: Rules) -> list[Problem]:
    named = [(f"notifications.routes.{route.to}", route.to) for route in rules.notifications.routes]
    named += [(f"alerts.rules.{rule.name}.tell", name) for rule in rules.alerts.rules for name in rule.tell]
    expected = f"a receiver of DEMETRA_NOTIFY_URLS: {', '.join(sorted(known))}"
    return [Problem(where, repr(name), expected) for where, name in named if name not in known]


def wants(receiver: str, notification: Mapping[str, Any], rules: NotificationRules) -> bool:
    """Whether a receiver is told of a notification: by the rule that raised it, else by its routes.

    Runs and tests are of no channel: routes to some channels let them through.
    """
    told: Sequence[str] = notification["content"].get("tell") or ()
    if told:
        return receiver in told
    rank = SEVERITIES.index(notification["severity"])
    routes = [route for route in rules.routes if route.to == receiver]
    if not routes:
        return rank >= SEVERITIES.index(rules.least_severity)
    channel = notification["channel"]
    return any(
        rank >= SEVERITIES.index(route.least_severity)
        and (not route.channels or channel is None or channel in route.channels)
        for route in routes
    )
