"""What client and kernel say to each other before Jupyter's messages begin."""

from __future__ import annotations

import json
import socket
import struct
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

READY: Final = b"ready %010d\n"
"""What a kernel says, with its process id, when it is its client's; always of one length."""


def send(client: socket.socket, request: Mapping[str, Any], descriptors: list[int]) -> None:
    """Send a request with file descriptors: its length, then JSON."""
    body = json.dumps(request).encode()
    socket.send_fds(client, [struct.pack("!I", len(body))], descriptors)
    client.sendall(body)


def receive(client: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """The other end of `send`."""
    head, descriptors, *_ = socket.recv_fds(client, 4, 8)
    (length,) = struct.unpack("!I", head)
    body = bytearray()
    while len(body) < length:
        if not (part := client.recv(min(65536, length - len(body)))):
            raise ConnectionError("the client left in the middle of its request")
        body += part
    return json.loads(body), descriptors
