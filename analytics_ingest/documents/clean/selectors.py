"""The selectors of documents → dotted text, where it means the same."""

import re
from typing import Any

from analytics_ingest.documents.clean.shapes import with_resources

_PLAIN = re.compile(r"[A-Za-z_]\w*|\*")
_WHOLE = ("", "[]", "$", ".", "root", "$[*]", "[*]")

Json = dict[str, Any]


def with_plain_selectors(api: Json) -> Json:
    """The configuration with its selectors as `a.*.b`, and `$` for the whole body."""
    defaults = dict(api.get("resource_defaults", {}))
    if "endpoint" in defaults:
        defaults["endpoint"] = _endpoint(defaults["endpoint"])
    resources = [{**r, "endpoint": _endpoint(r["endpoint"])} for r in api["resources"]]
    return with_resources(api, defaults, resources)


def _endpoint(written: Json) -> Json:
    endpoint = dict(written)
    if "data_selector" not in endpoint:
        return endpoint
    selector = plain_selector(endpoint["data_selector"])
    if selector is None:
        del endpoint["data_selector"]
    else:
        endpoint["data_selector"] = selector
    return endpoint


def plain_selector(written: Any) -> Any:
    """The shortest form of a selector; None where there is none."""
    if written == [] or (isinstance(written, str) and written.strip() in _WHOLE):
        return "$"
    if isinstance(written, list) and all(isinstance(key, str) for key in written):
        return ".".join(written) if all(map(_PLAIN.fullmatch, written)) else written
    if isinstance(written, str):
        return re.sub(r"\[\]", "", written.strip()).strip(".") or "$"
    return written
