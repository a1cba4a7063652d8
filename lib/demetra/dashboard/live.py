"""Answers to the page's script, over one comm of the visitor's kernel: a request with an id, an answer with that id.

The kernel's own message channel is used as it is: the page's script speaks it in a hundred lines, where the notebook's
front end would bring the browser five megabytes.
"""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from comm import get_comm_manager

from demetra.dashboard.paint import paint_page
from demetra.errors import DemetraError
from demetra.store.pulse import feel_pulse
from demetra.store.state import borrow, connect_directly
from demetra.words import Words, choose_language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from comm.base_comm import BaseComm

    from demetra.dashboard.answers import Visitor
    from demetra.settings import Settings

TARGET: Final = "demetra"
_logger = logging.getLogger(__name__)


class Live:
    """Answers one visitor; what it knows of them is in `visitor`, from the first question that needs it."""

    def __init__(self, settings: Settings, words: Words) -> None:
        self._settings, self._words = settings, words

    @cached_property
    def visitor(self) -> Visitor:
        """Made late: a page that is only read asks for nothing but the pulse."""
        from demetra.dashboard.answers import Visitor

        return Visitor(self._settings, self._words)

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
            return {"id": number, "data": self._find(str(kind), wish)}
        except DemetraError as error:
            return {"id": number, "problem": str(error), "kind": type(error).__name__}
        except (KeyError, TypeError, ValueError, StopIteration) as error:
            return {"id": number, "problem": f"the request {kind!r} is not understood ({error})", "kind": "Request"}
        except Exception as error:
            _logger.exception("The request %r failed.", kind)
            return {"id": number, "problem": f"an error inside DEMETRA ({type(error).__name__})", "kind": "Internal"}

    def _find(self, kind: str, wish: Mapping[str, Any]) -> dict[str, Any]:
        if kind == "pulse":
            return self._tell_pulse(**wish)
        if kind == "page":
            return self._tell_page(**wish)
        from demetra.dashboard.answers import ANSWERS

        return ANSWERS[kind](self.visitor, **wish)

    def _tell_pulse(self, run: str | None = None) -> dict[str, Any]:
        """What is shown, whether a run is under way, and how the run that was asked about stands."""
        with connect_directly(self._settings) as connection:
            if connection is not None:
                return vars(feel_pulse(connection, run_id=run))
        with borrow(self.visitor.engine) as connection:  # which waits for a restart, or says what is wrong
            return vars(feel_pulse(connection, run_id=run))

    def _tell_page(self, language: str) -> dict[str, Any]:
        """The whole page anew, in this language."""
        self._words = Words(choose_language(language, default=self._words.language))
        if "visitor" in self.__dict__:
            self.visitor.words = self._words
            self.visitor.forget()
        return {**vars(paint_page(self._settings, words=self._words)), "language": self._words.language}
