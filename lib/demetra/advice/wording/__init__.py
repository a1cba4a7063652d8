"""Texts by rules, in English and Russian: how figures are written, the phrases, and what is told of which facts."""
