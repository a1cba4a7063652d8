"""Answers to the page's script, over one comm of the visitor's kernel: a request with an id, an answer with that id.

The kernel's own message channel is used as it is: the page's script speaks it in a hundred lines, where the notebook's
front end would bring the browser five megabytes.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from comm import get_comm_manager

from demetra.dashboard.answers import ANSWERS, Visitor
from demetra.errors import DemetraError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from comm.base_comm import BaseComm
    from sqlalchemy import Engine

    from demetra.dashboard.contents import Contents
    from demetra.settings import Settings
    from demetra.words import Words

TARGET: Final = "demetra"
_logger = logging.getLogger(__name__)


class Live:
    """Answers one visitor; what it knows of them is in `visitor`."""

    def __init__(self, settings: Settings, engine: Engine, contents: Contents, words: Words) -> None:
        self.visitor = Visitor(settings, engine, contents, words)

    def listen(self) -> None:
        """From now on, whoever opens the comm `demetra` in this kernel is answered."""
        get_comm_manager().register_target(TARGET, self._open)

    def _open(self, comm: BaseComm, _message: Mapping[str, Any]) -> None:
        comm.on_msg(lambda message: comm.send(self.answer(message["content"]["data"])))
        comm.send({"id": "greeting"})

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """`{id, data}`, or `{id, problem, kind}` where the request cannot be met; never an exception's trace."""
        number, kind = request.get("id"), request.get("kind")
        try:
            wish = {name: value for name, value in request.items() if name not in ("id", "kind")}
            return {"id": number, "data": ANSWERS[str(kind)](self.visitor, **wish)}
        except DemetraError as error:
            return {"id": number, "problem": str(error), "kind": type(error).__name__}
        except (KeyError, TypeError, ValueError, StopIteration) as error:
            return {"id": number, "problem": f"the request {kind!r} is not understood ({error})", "kind": "Request"}
        except Exception as error:
            _logger.exception("The request %r failed.", kind)
            return {"id": number, "problem": f"an error inside DEMETRA ({type(error).__name__})", "kind": "Internal"}
