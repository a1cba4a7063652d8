"""The dashboard's door: who may come in, what every answer tells browsers, and the page that asks for the token.

The token is given once, as `?token=…` or on the page, and then remembered in a signed cookie until it is changed.
"""

from __future__ import annotations

import hmac
from http.client import responses
from typing import Any, Final

from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.auth.login import LoginFormHandler
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from tornado.web import HTTPError, StaticFileHandler
from tornado.websocket import WebSocketHandler

from demetra.dashboard.frame import hash_script
from demetra.words import Words, choose_language

HEADERS: Final = {
    "Referrer-Policy": "same-origin",  # without any, a form's own origin counts as foreign
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def write_policy() -> str:
    """What the page may do: run its own script, which is known by its hash, and speak to where it came from."""
    parts = {
        "default-src": "'none'",
        "script-src": hash_script(),
        "style-src": "'unsafe-inline'",  # places and colours of the drawings are attributes
        "img-src": "data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


class TokenIdentity(IdentityProvider):
    """Knows a visitor by the token, or by the cookie that was set when it was given; without a token, all are known."""

    @property
    def auth_enabled(self) -> bool:
        """Whether there is a token."""
        return bool(self.token)

    @property
    def logout_available(self) -> bool:
        """Nobody logs out of what one token opens: its owner changes the token."""
        return False

    async def get_user_token(self, handler: Any) -> User | None:
        """The visitor who sends the token with a request."""
        if not self._is_token(self.get_token(handler)):
            return None
        known: User | None = self.get_user_cookie(handler)
        return known or self.generate_anonymous_user(handler)

    def process_login_form(self, handler: Any) -> User | None:
        """The visitor who has typed the token."""
        return self.generate_anonymous_user(handler) if self._is_token(handler.get_argument("password", "")) else None

    def _is_token(self, given: str | None) -> bool:
        return bool(self.token) and hmac.compare_digest((given or "").encode(), self.token.encode())


class Guarded(JupyterHandler):
    """What every handler has in common: nothing for strangers, no page of Jupyter's own."""

    @property
    def content_security_policy(self) -> str:
        """The same for every answer and every visitor."""
        return write_policy()

    async def prepare(self) -> None:
        """Find out who asks, and give the page what it has to show when it ends its kernel: the XSRF cookie."""
        await super().prepare()
        if not isinstance(self, WebSocketHandler):
            _ = self.xsrf_token  # reading it sets the cookie

    def get_login_url(self) -> str:
        """Not elsewhere: the page that asks for the token is the answer."""
        raise HTTPError(401)

    def write_error(self, status_code: int, **facts: Any) -> None:
        """A plain page, which asks for the token where that is what is missing."""
        if isinstance(self, APIHandler):
            super().write_error(status_code, **facts)
            return
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.write(self.fill_door(status_code, wrong=False))

    def fill_door(self, status: int, *, wrong: bool) -> str:
        """The page, in the visitor's language."""
        words = Words(choose_language(self.get_query_argument("lang", ""), self.request.headers.get("Accept-Language")))
        template = self.settings["voila_jinja2_env"].get_template("door.html.j2")
        facts = {"status": status, "said": responses.get(status, ""), "wrong": wrong, "action": f"{self.base_url}login"}
        back = self.get_argument("next", self.request.uri if self.request.method == "GET" else self.base_url)
        page: str = template.render(**facts, next=back, t=words, language=words.language, xsrf=self.xsrf_token.decode())
        return page


class Login(Guarded, LoginFormHandler):
    """Takes the token from the page that asks for it."""

    def _render(self, message: dict[str, str] | None = None) -> None:
        self.set_status(401)
        self.write(self.fill_door(401, wrong=message is not None))


class _KnownVisitor(Guarded):
    async def prepare(self) -> None:
        """Find out who asks; nobody in particular gets nothing."""
        await super().prepare()
        if self.current_user is None:
            raise HTTPError(401)


def close(handler: type) -> type:
    """The handler behind the door; Jupyter's own ask who is there themselves, those of files do not."""
    if issubclass(handler, StaticFileHandler):
        return type(handler.__name__, (_KnownVisitor, handler), {})
    return handler if issubclass(handler, Guarded) else type(handler.__name__, (Guarded, handler), {})
