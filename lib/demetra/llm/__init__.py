"""Recommendations in the words of a language model, checked against the facts; by rules wherever that fails."""

from demetra.llm.adviser import Advice, KeptReplies, recommend
from demetra.llm.client import NoAnswerError, Reply

__all__ = ["Advice", "KeptReplies", "NoAnswerError", "Reply", "recommend"]
