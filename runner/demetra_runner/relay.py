"""The REST API's stream of events, handed on to the dashboard's page: a page may listen only to where it came from."""

from __future__ import annotations

from tornado.httpclient import HTTPError as ClientError
from tornado.httpclient import HTTPRequest
from tornado.iostream import StreamClosedError
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from tornado.web import HTTPError

from demetra_runner.door import Guarded


class Events(Guarded):
    """Hands on each piece as it comes, until the visitor leaves or the API ends; then the browser asks anew."""

    def initialize(self, address: str) -> None:
        """`address` is the stream's own; empty: there is no API."""
        self._address = address
        self._gone = False

    async def get(self) -> None:
        """The stream; 204 where there is none, at which a browser does not ask again.

        Raises:
            HTTPError: 401 for strangers, 503 where the API or the database is away.
        """
        if self.current_user is None:
            raise HTTPError(401)
        if not self._address:
            self.set_status(204)
            return
        token = self.identity_provider.token
        client = SimpleAsyncHTTPClient(force_instance=True)
        request = HTTPRequest(
            self._address,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            request_timeout=0,
            streaming_callback=self._hand_on,
        )
        self.set_header("Content-Type", "text/event-stream")
        self.set_header("Cache-Control", "no-store")
        try:
            await client.fetch(request)
        except (ClientError, OSError) as error:
            if not self._headers_written and not self._gone:
                raise HTTPError(503) from error
        finally:
            client.close()

    def on_connection_close(self) -> None:
        """The visitor has left: the next piece, at the latest the API's sign of life, ends our own connection."""
        self._gone = True

    def _hand_on(self, piece: bytes) -> None:
        if self._gone:
            raise StreamClosedError
        self.write(piece)
        self.flush()
