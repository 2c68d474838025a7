"""The words of statements on rows: a statement with any other word is not taken."""

import re

DROP = (
    r"(?:skip(?:s|ped|ping)?|exclud(?:es?|ed|ing)|drop(?:s|ped|ping)?|discard(?:s|ed|ing)?"
    r"|ignor(?:es?|ed|ing)|omit(?:s|ted|ting)?|filter(?:s|ed|ing)?\s+out|filters?(?=\s+out)"
    r"|left\s+out|leav(?:es?|ing)\s+out|remov(?:es?|ed|ing)|rejected|thrown\s+away)"
)
KEEP = (
    r"(?:loads?|loaded|keeps?|kept|import(?:s|ed)?|stor(?:es?|ed)|sync(?:s|ed)?"
    r"|synchroni[sz](?:es?|ed)|ingest(?:s|ed)?|retain(?:s|ed)?|included?s?|used?|uses|read|reads"
    r"|relevant|of interest|wanted|needed)"
)
REMOVE = (
    r"(?:remov(?:es?|ed|ing)|drop(?:s|ped|ping)?|strip(?:s|ped|ping)?(?: off)?"
    r"|discard(?:s|ed|ing)?|delet(?:es?|ed|ing)|omit(?:s|ted|ting)?|exclud(?:es?|ed|ing)"
    r"|left\s+out|leav(?:es?|ing)\s+out|taken out)"
)
LIFT = (
    r"(?:mov(?:es?|ed|ing)|cop(?:y|ies|ied|ying)|lift(?:s|ed|ing)?|promot(?:es?|ed|ing)"
    r"|hoist(?:s|ed|ing)?|pull(?:s|ed|ing)?|rais(?:es?|ed|ing)|unpack(?:s|ed|ing)?"
    r"|extract(?:s|ed|ing)?|brought|transferred|flattened(?= (?:out\s+of|from)\b))"
)
ADD = r"(?:add(?:s|ed|ing)?|gets?|receives?|given(?! (?:by|in|as|through|via)\b)|carr(?:y|ies))"
OTHERS = (
    r"(?:renam(?:e|es|ed)|mask(?:s|ed)?|hash(?:es|ed)?|redacted|anonymi[sz]ed|pseudonymi[sz]ed"
    r"|flattened|replaced|overwritten|truncated)"
)
"""What else happens to fields."""
_FUNCTION = (
    r"the|a|an|each|every|any|all|both|these|those|this|that|which|its|their|it|they|them|of|in"
    r"|from|to|for|with|on|into|up|as|at|under|within|inside|and|or|is|are|be|must|should|has to"
    r"|have to|also|then|always|finally|afterwards|therefore|itself|so|we|two|three|four|five|six"
)
_ON_ROWS = (
    r"records?|rows?|resources?|tables?|entire|whole|complete(?:ly)?|entirely|loading|storing"
    r"|before|integration|connector|source|pipeline|configuration|by\s+the\s+(?=integration"
    r"|connector|source|pipeline)"
)
_ON_FIELDS = (
    r"fields?|columns?|attributes?|propert(?:y|ies)|keys?|values?|contents?|members|objects?"
    r"|nested|inner|top[ -]level|root(?: level)?|level|personal|sensitive|large|redundant|internal"
    r"|superfluous|(?:additional|new|extra)\s+(?=fields?|columns?)|arrays?|lists?|series|long|deprecated|following|same|out|loaded|stored|saved|one|single"
)
_ROWS_ONLY = (
    rf"{DROP}|{KEEP}|only|just|ones?|entries|entry|items?|elements?|everything|others?|rest"
    r"|remaining|else|filters?|filtered"
)
_ADJECTIVE = (
    r"\b(?:[a-z]{2,}(?:ed|ive|en|ant|ous)|paid|sent|won|lost|sold|open|draft|test|internal|private|public|hidden|demo|spam"
    r"|empty|old)(?= (?:@|records?|rows?|entries|items|ones)(?![a-z]))"
)
"""What may precede a resource in words: closed boards."""
_PERIODS = r"^\W*(?:(?:only|all|the) ){0,2}(?:days|weeks|months|hours)\b"
"""What a clause may begin with that calls rows of a report by their time."""
_RELATIVE = (
    r"\b(?:that|which|who) (?:are|have been) [a-z]{2,}(?:ed|ive|en|ant|ous)\b(?= *(?:is|are)\b)"
)
_FIELD_WORDS = re.compile(
    rf"\b(?:{_FUNCTION}|{_ON_ROWS}|{_ON_FIELDS}|{REMOVE}|{LIFT}|{ADD})\b", re.IGNORECASE
)
_ROW_WORDS = re.compile(
    rf"{_ADJECTIVE}|{_RELATIVE}|{_PERIODS}|\b(?:{_FUNCTION}|{_ON_ROWS}|{_ROWS_ONLY})\b",
    re.IGNORECASE,
)


def has_other_words(text: str, *, is_on_fields: bool) -> bool:
    """Return whether a text has words that no statement on rows needs.

    Args:
        text: Marked names are `#0`, and words that name a resource are `@`.
        is_on_fields: Whether it is on fields, not on whole rows.
    """
    pattern = _FIELD_WORDS if is_on_fields else _ROW_WORDS
    rest = pattern.sub(" ", text)
    return re.search(r"\w", re.sub(r"#\d+", " ", rest)) is not None
