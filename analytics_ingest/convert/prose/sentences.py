"""Splits a line of prose into its sentences, or at each point and semicolon."""

import re


def split_sentences(text: str) -> list[str]:
    """Split a line into its sentences; a name in backticks is not split."""
    return re.split(r"(?<=[.;!?])\s+(?=[A-Z(`*])", text)


def split_clauses(text: str) -> list[str]:
    """Split a line behind each point and semicolon that a blank follows."""
    return re.split(r"(?<=[.;])\s", text)
