"""The decoder of a document → ours: a manifest's as a manifest is read, others by their words."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.components.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.rows.decoders import read_decoder, write_decoder
from analytics_ingest.convert.normalize.decoders import read_decoder_in_own_words

_OF_LISTS = ("$", "*", "[")
"""How a path of the rows begins that goes through the list of the lines or files."""


def translate_decoder(name: str | None, endpoint: Json, log: ConversionLog) -> None:
    """Translate the decoder of an endpoint; one that is not understood is omitted as a whole.

    Args:
        name: The resource; None for the defaults.
    """
    raw, path = endpoint.get("decoder"), endpoint.get("data_selector")
    if raw is None:
        return
    del endpoint["decoder"]
    is_below = isinstance(path, str) and path[:1] not in _OF_LISTS
    try:
        keys = _read(raw, str(path) if is_below else "$", partial(log.leave_out, name))
    except UnsupportedError as error:
        log.leave_out(name, "endpoint.decoder", str(error))
        return
    if keys["data_selector"] == "$" and not is_below:
        del keys["data_selector"]
    endpoint.update(keys)


def _read(raw: Any, selector: str, leave_out: Callable[[str, str], None]) -> Json:
    """Read a decoder in the words of a manifest, else in its own."""
    reason = "it is not understood; declare type and compression"
    if isinstance(raw, Mapping) and str(raw.get("type")).endswith("Decoder"):
        block = Component(raw, {})
        try:
            keys = read_decoder(block, selector)
        except UnsupportedError as error:
            reason = str(error)
        else:
            for key in block.find_unread():
                leave_out(key, "it has no counterpart")
            return keys
    if (decoder := read_decoder_in_own_words(raw)) is None:
        raise UnsupportedError(reason)
    return write_decoder(decoder, selector)
