"""What the expressions of a manifest read of a slice: the partition, its window and more fields."""

import re

from analytics_ingest.convert.manifest.components.parameters import JINJA

SLICE = re.compile(
    r"""(?:stream_partition|stream_slice|stream_interval)
    (?:(?:\.|\[\s*['"])(?P<nested>extra_fields|parent_slice)(?:['"]\s*\]|\b))?
    (?:\.(?P<dotted>\w+)(?!\w*\()|\[\s*(['"])(?P<quoted>[^'"]+)\3\s*\]
    |\.get\(\s*(['"])(?P<got>[^'"]+)\5\s*(?P<default>,[^()]*)?\))""",
    re.VERBOSE,
)
_WINDOW = re.compile(r"\bstream_(?:slice|partition|interval)\.cursor_slice\b")
_PARTITION = re.compile(r"\bstream_(?:slice|partition|interval)\.partition\b")
_EXTRA = re.compile(r"\(\s*(stream_\w+\.extra_fields)\s+or\s+\{\s*\}\s*\)")


def resolve_slices(text: str) -> str:
    """Write what expressions read of the parts of a slice as if the slice itself held it."""
    return JINJA.sub(lambda block: _resolve(block[0]), text)


def _resolve(block: str) -> str:
    filled = _EXTRA.sub(r"\1", block)
    return _PARTITION.sub("stream_partition", _WINDOW.sub("stream_interval", filled))
