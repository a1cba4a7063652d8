"""A kernel client that begins at once: the stock one listens 0.2 s longer, for messages that never come."""

from __future__ import annotations

import asyncio
import time
from queue import Empty

from jupyter_client.asynchronous import AsyncKernelClient


class PromptKernelClient(AsyncKernelClient):
    """Ready when the kernel has answered on both channels: its reply on shell, and the end of that request on iopub."""

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers.

        Raises:
            RuntimeError: it died, or did not answer within `timeout` seconds.
        """
        deadline = time.monotonic() + (float("inf") if timeout is None else timeout)
        while not await self._has_answered(self.kernel_info(), seconds=1.0):
            if not await self._async_is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > deadline:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    wait_for_ready = _async_wait_for_ready  # type: ignore[assignment]

    async def _has_answered(self, request: str, *, seconds: float) -> bool:
        """Whether the reply and the idle status of a request came in time; asked again, a late subscriber sees them."""
        try:
            async with asyncio.timeout(seconds):
                reply = await self.shell_channel.get_msg()
                while reply["parent_header"].get("msg_id") != request:
                    reply = await self.shell_channel.get_msg()
                self._handle_kernel_info_reply(reply)
            async with asyncio.timeout(seconds / 5):
                while True:
                    message = await self.iopub_channel.get_msg()
                    ours = message["parent_header"].get("msg_id") == request
                    if ours and message["content"].get("execution_state") == "idle":
                        return True
        except (TimeoutError, Empty):
            return False
