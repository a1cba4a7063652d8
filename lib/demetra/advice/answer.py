"""The shape of an answer, the brief's: `channel_comparison`, `ml_predictions`, `recommendations`, `summary`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from demetra.names import clean_name

LONGEST_ANSWER: Final = 40_000
"""Characters; a fair answer has some 3,000."""
Text = Annotated[str, Field(max_length=4000)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ChannelComparison(_Part):
    """How the channels compare; `top_channel` is None where the data cannot tell which one is first."""

    top_channel: Annotated[str, Field(max_length=80)] | None = Field(
        description="the one channel whose ROI is clearly higher than all others', else null"
    )
    analysis: Text = Field(
        description="2 to 4 sentences: how the channels' ROI compares, and which cannot be told apart"
    )
    strengths: Text = Field(description="1 to 3 sentences")
    weaknesses: Text = Field(description="1 to 3 sentences")
    anomalies: Text = Field(description="1 to 4 sentences: the open incidents, the gravest first")


class MlPredictions(_Part):
    """What is forecast, and what drives it."""

    trend: Text = Field(description="1 to 4 sentences: ROI forecasts with their intervals")
    drivers: Text = Field(description="1 sentence: what drives a campaign's ROI, or that nothing is known of it")


class Advised(_Part):
    """What to do: budget, then CPC, CTR and CPM, then conversion, then ROI."""

    budget_allocation: Text = Field(description="1 to 4 sentences: whose budget to raise, cut or keep, and why")
    optimization: Text = Field(description="1 to 3 sentences: what to do about CPC, CTR and CPM")
    conversion: Text = Field(description="1 or 2 sentences: what to do about conversion")
    roi_growth: Text = Field(description="1 or 2 sentences: what to do about ROI")


class Recommendations(_Part):
    """A whole answer; texts may be empty where nothing is to be said."""

    channel_comparison: ChannelComparison
    ml_predictions: MlPredictions
    recommendations: Advised
    summary: Text = Field(description="2 to 4 sentences: the finding, its size, how sure it is, and the next step")


def answer_schema() -> dict[str, Any]:
    """The JSON schema of an answer, with nothing in it that strict decoders refuse."""
    schema = Recommendations.model_json_schema()
    inlined: dict[str, Any] = _inline(schema, schema.get("$defs", {}))
    return inlined


def _inline(node: Any, definitions: dict[str, Any]) -> Any:
    """The schema without references, titles, descriptions and lengths."""
    if isinstance(node, list):
        return [_inline(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inline(definitions[node["$ref"].rsplit("/", 1)[1]], definitions)
    dropped = ("title", "description", "maxLength", "$defs")
    # Names of properties are kept whatever they are called.
    return {
        key: {name: _inline(item, definitions) for name, item in value.items()}
        if key == "properties"
        else _inline(value, definitions)
        for key, value in node.items()
        if key not in dropped
    }


def parse_answer(raw: str) -> tuple[Recommendations | None, list[str]]:
    """Read an answer, also out of a code fence or from among other words; else say everything that is wrong with it."""
    if len(raw) > LONGEST_ANSWER:
        return None, [f"the answer has more than {LONGEST_ANSWER:,} characters"]
    try:
        content = json.loads(_find_json(raw), parse_constant=_refuse_constant, object_pairs_hook=_refuse_repeats)
    except (ValueError, RecursionError) as error:
        return None, [f"the answer is not valid JSON ({_shorten(str(error))})"]
    try:
        return Recommendations.model_validate(content), []
    except ValidationError as error:
        return None, [
            f"{_name_key(item['loc'])}: {_WORDS.get(item['type'], item['msg'].lower())}"
            for item in error.errors(include_url=False, include_input=False)[:8]
        ]


def texts(answer: Recommendations) -> Iterator[tuple[str, str]]:
    """Every text of an answer with its path, `summary` last."""
    for part in ("channel_comparison", "ml_predictions", "recommendations"):
        for name, value in getattr(answer, part):
            if name != "top_channel":
                yield f"{part}.{name}", value
    yield "summary", answer.summary


_WORDS: Final = {"extra_forbidden": "an extra key", "missing": "a key is missing", "string_type": "not a text"}


def _find_json(raw: str) -> str:
    text = raw.rpartition("</think>")[2].strip().lstrip("\ufeff")
    fenced = re.search(r"```(?:json)?\s*\n?(.*?)```", text, re.DOTALL | re.IGNORECASE)
    if fenced and "{" in fenced[1]:
        text = fenced[1]
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else text


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _refuse_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is repeated")
    return found


def _name_key(path: tuple[str | int, ...]) -> str:
    return clean_name(".".join(map(str, path))) or "the answer"


def _shorten(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
