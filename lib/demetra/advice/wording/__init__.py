"""Texts by rules, in English and Russian: the phrases, and what is told of which facts."""
