"""One message to one address by Apprise, which knows a hundred kinds of them. Whatever goes wrong is an outcome."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from demetra.notify.compose import Message
    from demetra.settings import Secret

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 15.0
TOTAL_SECONDS: Final = 45.0
"""Whatever a receiver does, delivery goes on after so long."""


@dataclass(frozen=True)
class Outcome:
    """`sent`; `refused`, which may be tried again; `uncertain`, which may have arrived and is not."""

    status: Literal["sent", "refused", "uncertain"]
    error: str | None = None


def send_message(
    url: Secret, message: Message, *, chart: bytes | None = None, seconds: float = TOTAL_SECONDS
) -> Outcome:
    """Send it; takes no longer than `seconds`.

    A receiver that took the message in and answered too late may have shown it: that is uncertain, as is all that ended
    otherwise than by an answer in time.
    """
    outcome: list[Outcome] = []
    work = threading.Thread(
        target=lambda: outcome.append(_send(url, message, chart)), name="demetra-notify", daemon=True
    )
    work.start()
    work.join(seconds)
    return outcome[0] if outcome else Outcome("uncertain", f"no answer within {seconds:.0f} seconds")


def _send(url: Secret, message: Message, chart: bytes | None) -> Outcome:
    from apprise import Apprise, NotifyFormat
    from apprise.attachment.memory import AttachMemory

    try:
        plugin = Apprise.instantiate(url.reveal(), suppress_exceptions=True)
        if plugin is None:
            return Outcome("refused", "the address cannot be read: see https://appriseit.com/services/")
        plugin.socket_connect_timeout, plugin.socket_read_timeout = CONNECT_SECONDS, READ_SECONDS
        apprise = Apprise()
        apprise.add(plugin)
        picture = {"content": chart, "name": "chart.png", "mimetype": "image/png"}
        attached = AttachMemory(**picture) if chart else None  # type: ignore[no-untyped-call]
        began = monotonic()
        done = apprise.notify(body=message.body, title=message.title, body_format=NotifyFormat.TEXT, attach=attached)
    except Exception as error:  # noqa: BLE001 - a plugin's failure of any kind is the receiver's, not ours
        return Outcome("uncertain", f"{type(error).__name__} while sending")
    if done:
        return Outcome("sent")
    if monotonic() - began >= CONNECT_SECONDS:
        return Outcome("uncertain", "no answer in time")
    return Outcome("refused", "the receiver cannot be reached or refused the message")
