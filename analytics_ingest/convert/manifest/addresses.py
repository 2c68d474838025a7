"""The addresses of a manifest's streams → one base URL, and a path below it for each stream.

Airbyte gives each stream an address of its own, which may begin with a setting:

    {settings.url}/rest/api/3/issue, {settings.url}/rest/api/3/project → {settings.url}/rest/api/3
"""

import re

from analytics_ingest.convert.manifest.catalog import Catalog
from analytics_ingest.convert.manifest.sharing import find_commonest
from analytics_ingest.convert.manifest.stream import Stream
from analytics_ingest.convert.normalize.placeholders import SETTING

_HOST = re.compile(r"(?:[a-z]+://)?(?:\{\{.*?\}\}|\{[^{}]*\}|[^/{])*", re.DOTALL)
"""Scheme and host; an expression in them may hold slashes."""


def keep_one_host(catalog: Catalog, streams: dict[str, Stream]) -> None:
    """Skip the streams of another host than the commonest, and share the address of the others."""
    host, _ = find_commonest(_read_host(stream.base_url) for stream in streams.values())
    for name, stream in streams.items():
        if _read_host(stream.base_url) != host:
            catalog.skip(name, f"its host is {_read_host(stream.base_url)}; the others use {host}")
    catalog.skip_children(streams)
    if not streams:
        return
    base = _find_base([stream.base_url for stream in streams.values()], host)
    for stream in streams.values():
        for endpoint in stream.endpoints:
            endpoint["path"] = _make_path_relative(base, stream.base_url, endpoint["path"])
        stream.base_url = base


def _find_base(addresses: list[str], host: str) -> str:
    """Find the longest address that all others are below."""
    base = _find_common_prefix([address.rstrip("/") + "/" for address in addresses])
    base = base.rpartition("/")[0]
    while base.count("{") != base.count("}"):  # The slash is in an expression.
        base = base.rpartition("/")[0]
    return base if len(base) > len(host) else host


def _make_path_relative(base: str, address: str, path: str) -> str:
    """Make the path of a stream relative to the base URL, without an added slash at its end."""
    between = address.rstrip("/").removeprefix(base).strip("/")
    # A placeholder of a path is one segment of it; a setting of an address may hold slashes.
    between = SETTING.sub(r"{{ config['\1'] }}", between)
    if not path.strip("/"):
        is_open = address.endswith("/") and address.rstrip("/") != _read_host(address)
        return between + (path or "/" * is_open)
    return f"{between}/{path.lstrip('/')}" if between else path


def _find_common_prefix(texts: list[str]) -> str:
    """Find the longest common beginning of several texts."""
    first, last = min(texts), max(texts)
    pairs = enumerate(zip(first, last, strict=False))
    return first[: next((n for n, (a, b) in pairs if a != b), min(len(first), len(last)))]


def _read_host(address: str) -> str:
    """Read scheme and host of an address."""
    match = _HOST.match(address)
    return match[0] if match else address
