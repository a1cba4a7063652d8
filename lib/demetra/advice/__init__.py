"""Words that are true: facts, a prompt for a language model, checks on its answer, and rules that write alone."""

from demetra.advice.answer import Recommendations, answer_schema
from demetra.advice.checks.check import Checked, check_answer
from demetra.advice.facts import Fact, Facts, Incident
from demetra.advice.gather import gather_facts
from demetra.advice.prompt import build_messages, build_repair
from demetra.advice.wording.rules_text import write_by_rules

__all__ = [
    "Checked",
    "Fact",
    "Facts",
    "Incident",
    "Recommendations",
    "answer_schema",
    "build_messages",
    "build_repair",
    "check_answer",
    "gather_facts",
    "write_by_rules",
]
