"""The project's kernels: where their kernelspec lies, and what papermill, Voila and JupyterLab are told of them.

`python3/kernel.json` names the modules that the fork server of `demetra_runner.warm` imports. It takes the place of the
installed `python3`, so that no notebook has to know of it.
"""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from demetra_runner.warm.rendezvous import Recipe, WarmUnavailableError, connect, wait_until_warm

if TYPE_CHECKING:
    from demetra_runner.warm.limits import KernelLimits

KERNEL_DIRECTORY: Final = Path(__file__).parent
KERNEL_NAME: Final = "python3"
_CLIENT: Final = "demetra_runner.warm.client.PromptKernelClient"


def jupyter_path() -> str:
    """`JUPYTER_PATH` for a Jupyter server that is to use these kernels."""
    return os.pathsep.join(filter(None, [str(KERNEL_DIRECTORY.parent), os.environ.get("JUPYTER_PATH")]))


def kernel_options(*, warm_kernels: int, limits: KernelLimits | None = None) -> dict[str, dict[str, Any]]:
    """Traitlets options by class: how kernels are spoken to, how many wait, what each may use."""
    return {
        "KernelManager": {"client_class": _CLIENT},
        "WarmProvisioner": {"pool": warm_kernels, **(vars(limits) if limits else {})},
    }


def warm_up(*, warm_kernels: int, wait_seconds: float = 0) -> None:
    """Start the fork server now, in the background, and keep it while this process lives.

    With `wait_seconds`, wait so long for its imports. Where there can be no server, nothing happens: the first kernel
    says why.
    """
    if not warm_kernels:
        return
    spec = json.loads((KERNEL_DIRECTORY / KERNEL_NAME / "kernel.json").read_text(encoding="utf-8"))
    wanted = spec["metadata"]["kernel_provisioner"]["config"]
    recipe = Recipe(tuple(wanted["modules"]), tuple(wanted["packages"]), warm_kernels)
    try:
        connect(recipe, {**os.environ, **spec["env"]}, hold=True).close()
        if wait_seconds:
            wait_until_warm(recipe, {**os.environ, **spec["env"]}, seconds=wait_seconds)
    except (WarmUnavailableError, OSError) as error:
        logging.getLogger(__name__).debug("No warm kernels: %s", error)
