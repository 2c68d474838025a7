"""The address of an API: its first server for production, and settings for variables in it."""

import re

from analytics_ingest.common.words import split_words
from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.normalize.settings import build_address
from analytics_ingest.convert.openapi.document import Document, Node
from analytics_ingest.convert.openapi.settings import VARIABLE, name_setting, shorten

_SANDBOX = re.compile(
    r"(?<![a-z])(sandbox|staging|stage|test|testing|dev|development|mock|demo|beta|localhost)"
    r"(?=[.-]\w|\W*\s|:\d|\W*$)",
    re.IGNORECASE,
)


def read_address(document: Document, log: ConversionLog) -> tuple[str, Json]:
    """Read the base URL, and the defaults of the settings in it."""
    defaults: Json = {}
    if document.is_old:
        return build_address(_build_old_address(document.root), log), defaults
    server = choose_server(document.root.list("servers"))
    return build_address(fill(server, defaults, log) if server else "", log), defaults


def choose_server(servers: list[Node]) -> Node | None:
    """Choose the first server that is not for trials."""
    real = [s for s in servers if not _is_sandbox(s)]
    return next(iter(real or servers), None)


def _is_sandbox(server: Node) -> bool:
    host = server.get_text("url").partition("://")[2].partition("/")[0].rpartition(".")[0]
    return _SANDBOX.search(f"{host}.x {server.get_text('description')}") is not None


def fill(server: Node, defaults: Json, log: ConversionLog) -> str:
    """Return the URL of a server with settings for its variables."""
    url = server.get_text("url")
    for name in VARIABLE.findall(url):
        variable, setting = server.get("variables", name), name_setting(split_words(name))
        enum = variable.get_raw("enum")
        values = [str(value) for value in enum] if isinstance(enum, list) else []
        default = variable.get_raw("default")
        if isinstance(default, str) and default:
            defaults[setting] = default
        notes = [f"one of {', '.join(values)}"] if values else []
        notes += [f"default {default}"] if setting in defaults else []
        purpose = shorten(variable.get_text("description")) or f"{name} in the address of the API"
        log.require(setting, purpose + (f" ({'; '.join(notes)})" if notes else ""))
        url = url.replace(f"{{{name}}}", f"{{settings.{setting}}}")
    return url


def _build_old_address(root: Node) -> str:
    host, base = root.get_text("host"), root.get_text("basePath")
    schemes = root.get_raw("schemes")
    names = [str(scheme) for scheme in schemes] if isinstance(schemes, list) else []
    scheme = "https" if "https" in names or not names else names[0]
    return f"{scheme}://{host}{base}" if host else base
