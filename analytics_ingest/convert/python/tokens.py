"""Splits code into tokens even if it has mistakes; Python's own tokenizer gives up too early."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
    (?P<string>(?i:[rbfu]{0,2})(?:\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}
        |"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
  | (?P<typographic>[\u201c\u201d\u201e](?P<text>[^\u201c\u201d\n]*)[\u201c\u201d]
        |\u2018(?P<inner>[^\u2019\n]*)\u2019)
  | (?P<comment>\#[^\n]*|/\*.*?\*/
        # Behind a value and before a number, it divides: `at // 1000,`.
        |(?:(?<![\w)\]])(?<![\w)\]][ ])//|//(?!\s*\d[\d_]*\s*[),\]}]))[^\n]*)
  | (?P<ellipsis>\.\.\.|…)
  | (?P<number>\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<name>[^\W\d]\w*)
  | (?P<newline>\n)
  | (?P<blank>[^\S\n]+|\\\n)
  | (?P<bracket>[][(){}])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_KEYWORDS = {"for", "if", "else", "in", "and", "or", "not", "is", "async", "lambda"}


class Token(NamedTuple):
    """A token, and the line on which it begins."""

    kind: str
    text: str
    line: int

    @property
    def is_space(self) -> bool:
        """Whether it means nothing within brackets."""
        return self.kind in ("blank", "newline", "comment")

    @property
    def opens(self) -> bool:
        """Whether it is an opening bracket."""
        return self.kind == "bracket" and self.text in "([{"

    @property
    def closes(self) -> bool:
        """Whether it is a closing bracket."""
        return self.kind == "bracket" and self.text in ")]}"

    @property
    def is_value(self) -> bool:
        """Whether it is a whole value, a name or a literal."""
        is_name = self.kind == "name" and self.text not in _KEYWORDS
        return is_name or self.kind in ("string", "number")


def tokenize(text: str, line: int) -> Iterator[Token]:
    """Yield all tokens of a text that begins on a line of its document."""
    for match in _TOKEN.finditer(text):
        kind, part = str(match.lastgroup), match[0]
        if kind == "typographic":
            kind, part = "string", repr(match["text"] or match["inner"] or "")
        elif kind == "blank" and not part.isascii():
            part = " "
        yield Token(kind, part, line)
        line += match[0].count("\n")


def split_statements(tokens: list[Token]) -> Iterator[list[Token]]:
    """Split at the ends of lines that are outside all brackets."""
    depth = 0
    statement: list[Token] = []
    for token in tokens:
        depth = max(0, depth + token.opens - token.closes)
        if token.kind == "newline" and depth == 0:
            yield statement
            statement = []
        else:
            statement.append(token)
    yield statement


def render(tokens: list[Token]) -> str:
    """Join tokens to a text without comments, keeping line breaks."""
    return "".join("\n" * t.text.count("\n") if t.kind == "comment" else t.text for t in tokens)
