"""Checks on the words of a language model: every figure a fact, every claim what the data say."""
