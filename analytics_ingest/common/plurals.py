"""Lists what a word may be the plural of."""

import re

_IRREGULAR = {"people": "person", "children": "child", "indices": "index", "statuses": "status"}


def list_singulars(word: str) -> set[str]:
    """List the forms that a word may be the plural of, itself included."""
    forms = {word, _IRREGULAR.get(word, word)}
    if word.endswith("ies"):
        forms.add(f"{word[:-3]}y")
    if re.search(r"(s|x|z|ch|sh|o)es$", word):
        forms.add(word[:-2])
    if word.endswith("s") and not word.endswith("ss"):
        forms.add(word[:-1])
    return forms
