"""A declaration and its settings → an `ApiContext`: the client, and a template of each resource."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from types import MappingProxyType

from analytics_ingest.common.expressions.text import has_expression
from analytics_ingest.common.json_tree import spell
from analytics_ingest.common.printable import to_printable
from analytics_ingest.common.redaction import redact
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.models.client import Client
from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration
from analytics_ingest.extract.concurrency.lock_storage import open_locks
from analytics_ingest.extract.http.auth import build_auth
from analytics_ingest.extract.http.client import ApiClient
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.parents.changed_parents import ListedWindows, ParentPass, plan_windows
from analytics_ingest.extract.settings import SettingValues, read_base_url
from analytics_ingest.extract.windows.window_filter import WindowFilter


@dataclass(frozen=True)
class ApiContext:
    """Everything that reading an API needs; no request has been sent yet."""

    client: ApiClient
    templates: Mapping[str, ListingTemplate]
    """The resources to read, parents first; those that only serve their children included."""
    settings: SettingValues

    def redact(self, text: str) -> str:
        """Return a text as it may be shown, without control characters and the API's secrets.

        Tokens that the API has issued since are removed as well.
        """
        return to_printable(redact(text, self.settings.list_secrets()))


def connect(
    declaration: ApiDeclaration,
    wanted: frozenset[str],
    window: Window,
    passes: Mapping[str, ParentPass] = MappingProxyType({}),
    *,
    is_retried: bool = True,
) -> ApiContext:
    """Read the settings of an API and build what sends its requests, sending none.

    Args:
        wanted: Names of resources; their parents are added.
        passes: Resource → the parents whose children are requested; all without one.
        is_retried: Whether failed requests are sent again.

    Raises:
        SettingError: A setting that they need is missing or cannot be used.
    """
    settings = SettingValues(declaration.name, declaration.declared.settings)
    try:
        client = _build_client(declaration, settings)
        needed = add_ancestors(declaration.resources, wanted)
        now = datetime.now(timezone.utc)
        windows = plan_windows(needed, wanted, window, now, passes)
        templates = _build_templates(declaration, windows, client, settings, is_retried=is_retried)
    finally:
        settings.check()  # Missing settings come first: other errors may follow from them.
    return ApiContext(client, templates, settings)


def _build_client(declaration: ApiDeclaration, settings: SettingValues) -> ApiClient:
    declared = declaration.declared
    return ApiClient(
        declaration.name,
        read_base_url(declaration, settings),
        _fill_headers(declared.client, settings),
        declared.timeouts,
        concurrency=declared.concurrency,
        max_answer=declared.client.max_answer,
        locks=open_locks(declaration.name),
        secrets=settings.list_secrets,
        key_settings=lambda: settings.secrets,
        rates=declared.rates,
        certificate=_read_certificate(declared.client, settings),
    )


def _read_certificate(client: Client, settings: SettingValues) -> tuple[str, str] | None:
    if client.certificate is None:
        return None
    # Only here: few APIs ask for one.
    from analytics_ingest.extract.http.certificate import read_certificate

    return read_certificate(client.certificate, settings)


def _fill_headers(client: Client, settings: SettingValues) -> dict[str, str]:
    """Return the headers of every request; one whose expression gives nothing is not sent."""
    headers = {
        name: settings.fill(str(spell(value)))
        for name, value in client.headers.items()
        if value is not None
    }
    return {n: v for n, v in headers.items() if v or not has_expression(client.headers[n])}


def _build_templates(
    declaration: ApiDeclaration,
    windows: Mapping[str, ListedWindows],
    client: ApiClient,
    settings: SettingValues,
    *,
    is_retried: bool,
) -> dict[str, ListingTemplate]:
    sign = partial(
        build_auth, client, settings=settings, allow_http=declaration.declared.client.allow_http
    )
    shared = sign(declaration.declared.client.auth)
    templates: dict[str, ListingTemplate] = {}
    for name, own in windows.items():
        resource = declaration.resources[name]
        templates[name] = ListingTemplate(
            resource,
            client,
            sign(resource.endpoint.auth) or shared,
            settings,
            window=own.loaded,
            stored_window=own.stored,
            window_filters=[WindowFilter(resource, piece) for piece in own.requested],
            parents_since=own.parents_since,
            is_retried=is_retried,
        )
    return templates


def add_ancestors(
    resources: Mapping[str, ResourceDeclaration], wanted: Set[str]
) -> list[ResourceDeclaration]:
    """Return the wanted resources and all their ancestors, parents first."""
    needed = set(wanted)
    for name in reversed(list(resources)):
        if name in needed:
            needed |= {parent.resource for parent in resources[name].parents}
    return [resource for name, resource in resources.items() if name in needed]
