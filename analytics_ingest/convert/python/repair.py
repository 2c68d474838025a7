"""Makes Python of what is nearly Python: the slips and ellipses of code that nobody ran.

Each variant is a text to try, the likeliest first; a later one is needed only where those before it
do not parse.
"""

from collections.abc import Iterator

from analytics_ingest.convert.python.tokens import Token, render

_CLOSING = {"(": ")", "[": "]", "{": "}"}


def list_exact_variants(tokens: list[Token]) -> Iterator[str]:
    """Yield a statement's text, and readings of it whose body or braces are elsewhere."""
    text = render(tokens).strip()
    yield text
    if text.endswith(":"):
        yield f"{text} pass"
    if text.startswith(("'", '"')):
        yield f"{{{text}}}"


def list_repaired_variants(tokens: list[Token]) -> Iterator[str]:
    """Yield the texts that a statement with slips may mean."""
    for statement in (tokens, _cut_after_last_bracket(tokens)):
        whole = _drop_omissions(_quote_names(statement))
        for by_indentation in (True, False):
            text = render(
                _add_commas(_balance_brackets(whole, by_indentation=by_indentation))
            ).strip()
            yield text
            yield f"{{{text}}}"


def _drop_omissions(tokens: list[Token]) -> list[Token]:
    """Drop `...` and the words after it, and commas that then remain."""
    kept: list[Token] = []
    before = ""
    omitting = False
    for token in tokens:
        omitting = omitting and token.kind in ("blank", "name", "ellipsis")
        if token.kind == "ellipsis" and before not in (":", "="):
            omitting = True
        if omitting or (token.text == "," and before in ("", "(", "[", "{", ",")):
            continue
        kept.append(Token("ellipsis", "...", token.line) if token.kind == "ellipsis" else token)
        before = before if token.is_space else token.text
    return kept


def _quote_names(tokens: list[Token]) -> list[Token]:
    """Quote a placeholder for a value to be filled in: `<your key>`."""
    kept: list[Token] = []
    begin: int | None = None
    for token in tokens:
        kept.append(token)
        if token.text == "<":
            begin = len(kept) - 1
        elif token.text == ">" and begin is not None:
            text = "".join(part.text for part in kept[begin:])
            kept[begin:] = [Token("string", repr(text), token.line)]
            begin = None
        elif token.kind not in ("name", "blank", "number") and token.text not in ("-", "."):
            begin = None
    return kept


def _add_commas(tokens: list[Token]) -> list[Token]:
    """Put a comma between two values side by side within brackets."""
    kept: list[Token] = []
    depth = 0
    before: Token | None = None
    for token, following in zip(tokens, _list_following(tokens), strict=True):
        if depth and before and _are_two_values(before, token, following):
            kept.append(Token("other", ",", token.line))
        depth += token.opens - token.closes
        kept.append(token)
        before = before if token.is_space else token
    return kept


def _list_following(tokens: list[Token]) -> list[str]:
    """List the text of what comes after each token, spaces aside."""
    texts, after = [], ""
    for token in reversed(tokens):
        texts.append(after)
        after = after if token.is_space else token.text
    return texts[::-1]


def _are_two_values(before: Token, token: Token, following: str) -> bool:
    if not ((before.is_value or before.closes) and (token.is_value or token.opens)):
        return False
    if before.kind == token.kind == "string":
        return following == ":"
    is_call = token.text in ("(", "[") and (before.kind == "name" or before.closes)
    return not is_call or token.line > before.line


def _balance_brackets(tokens: list[Token], *, by_indentation: bool) -> list[Token]:
    """Drop closing brackets that match nothing, and close those that are left open.

    Args:
        by_indentation: Whether a line closes the brackets of those above that are indented as deep
            or deeper; else a bracket closes those within its own.
    """
    kept: list[Token] = []
    stack: list[tuple[str, int]] = []
    """Closing brackets that are due, and the indentation of the lines that opened them."""
    indentation, is_first = 0, by_indentation
    for token in tokens:
        least = indentation if is_first and token.closes else 0
        if token.kind == "newline":
            indentation, is_first = 0, by_indentation
        elif token.kind == "blank" and is_first:
            indentation = len(token.text)
        elif not token.is_space and is_first:
            is_first = False
            while stack and stack[-1][1] >= indentation + token.closes:
                kept.append(Token("bracket", stack.pop()[0], token.line))
        if token.closes:
            due = [text for text, depth in stack if depth >= least]
            if token.text not in (due[-1:] if by_indentation else due):
                continue
            while stack[-1][0] != token.text:
                kept.append(Token("bracket", stack.pop()[0], token.line))
            stack.pop()
        elif token.opens:
            stack.append((_CLOSING[token.text], indentation))
        kept.append(token)
    return [*kept, *(Token("bracket", text, 0) for text, _ in reversed(stack))]


def _cut_after_last_bracket(tokens: list[Token]) -> list[Token]:
    last = max((n for n, token in enumerate(tokens) if token.closes), default=len(tokens))
    return tokens[: last + 1]
