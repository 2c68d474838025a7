"""A declaration and its settings → an `ApiContext`: the client, and a template of each resource."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial

from analytics_ingest.common.expressions.text import has_expression
from analytics_ingest.common.json_tree import spell
from analytics_ingest.common.printable import printable
from analytics_ingest.common.redaction import redact
from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest.declaration.deletes import marks_each_load
from analytics_ingest.declaration.models.client import Client
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.children import with_ancestors
from analytics_ingest.extract.concurrency.lock_storage import open_locks
from analytics_ingest.extract.full_readings import full_window
from analytics_ingest.extract.http.auth import build_auth
from analytics_ingest.extract.http.client import ApiClient
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.settings import SettingValues, base_url
from analytics_ingest.extract.window_filter import WindowFilter, move_window, split_window


@dataclass(frozen=True)
class ApiContext:
    """Everything that reading an API needs; no request has been sent yet."""

    client: ApiClient
    templates: Mapping[str, ListingTemplate]
    """The resources to read, parents first; those that only serve their children included."""
    settings: SettingValues

    def redact(self, text: str) -> str:
        """A text as it may be shown: without control characters, and without the API's secrets.

        Tokens that the API has issued since are removed as well.
        """
        return printable(redact(text, self.settings.known_secrets()))


def connect(
    declaration: ApiDeclaration,
    wanted: frozenset[str],
    window: Window,
    *,
    is_retried: bool = True,
) -> ApiContext:
    """Read the settings of an API and build what sends its requests, sending none.

    Args:
        wanted: Names of resources; their parents are added.
        is_retried: Whether failed requests are sent again.

    Raises:
        SettingError: A setting that they need is missing or cannot be used.
    """
    settings = SettingValues(declaration.name, declaration.declared.settings)
    try:
        client = _client(declaration, settings)
        templates = _templates(declaration, wanted, window, client, settings, is_retried=is_retried)
    finally:
        settings.check()  # Missing settings come first: other errors may follow from them.
    return ApiContext(client, templates, settings)


def _client(declaration: ApiDeclaration, settings: SettingValues) -> ApiClient:
    declared = declaration.declared
    return ApiClient(
        declaration.name,
        base_url(declaration, settings),
        _headers(declared.client, settings),
        declared.timeouts,
        concurrency=declared.concurrency,
        max_answer=declared.client.max_answer,
        locks=open_locks(declaration.name),
        secrets=settings.known_secrets,
        key_settings=lambda: settings.secrets,
        rates=declared.rates,
        certificate=_certificate(declared.client, settings),
    )


def _certificate(client: Client, settings: SettingValues) -> tuple[str, str] | None:
    if client.certificate is None:
        return None
    # Only here: few APIs ask for one.
    from analytics_ingest.extract.http.certificate import client_certificate

    return client_certificate(client.certificate, settings)


def _headers(client: Client, settings: SettingValues) -> dict[str, str]:
    """The headers of every request; one whose expression gives nothing is not sent."""
    headers = {
        name: settings.filled(str(spell(value)))
        for name, value in client.headers.items()
        if value is not None
    }
    return {n: v for n, v in headers.items() if v or not has_expression(client.headers[n])}


def _templates(
    declaration: ApiDeclaration,
    wanted: frozenset[str],
    window: Window,
    client: ApiClient,
    settings: SettingValues,
    *,
    is_retried: bool,
) -> dict[str, ListingTemplate]:
    needed = with_ancestors(declaration.resources, wanted)
    parents = {parent.resource for resource in needed for parent in resource.parents}
    sign = partial(
        build_auth, client, settings=settings, allow_http=declaration.declared.client.allow_http
    )
    shared = sign(declaration.declared.client.auth)
    now = datetime.now(timezone.utc)
    templates: dict[str, ListingTemplate] = {}
    for resource in needed:
        own = move_window(resource, window, now)
        # Children of unchanged parents are loaded too, so a parent is listed whole.
        asked = move_window(resource, EVERYTHING, now) if resource.name in parents else own
        is_full = resource.name in wanted and marks_each_load(resource)
        if is_full:
            asked = full_window(move_window(resource, EVERYTHING, now))
        template = templates[resource.name] = ListingTemplate(
            resource,
            client,
            sign(resource.endpoint.auth) or shared,
            settings,
            window=own,
            window_filters=[WindowFilter(resource, w) for w in split_window(resource, asked, now)],
            is_retried=is_retried,
        )
        if is_full:
            template.stored_window = asked
    return templates
