"""A declaration and its settings → what asks the API: a client, and a template of each resource."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from analytics_ingest.common.redaction import redact
from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest.declaration.resolve import ApiDeclaration
from analytics_ingest.extract import window_filter
from analytics_ingest.extract.children import with_ancestors
from analytics_ingest.extract.concurrency.lock_storage import open_locks
from analytics_ingest.extract.http.auth import build_auth, secrets_of
from analytics_ingest.extract.http.client import ApiClient
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.settings import SettingValues, base_url


@dataclass(frozen=True)
class ApiContext:
    """The connection to one API, ready to be asked for some of its resources."""

    client: ApiClient
    templates: Mapping[str, ListingTemplate]
    """The resources to read, parents first; those that only serve their children included."""
    settings: SettingValues

    def redact(self, text: str) -> str:
        """A text without the secrets of the API, those that it has given meanwhile included."""
        signers = [template.auth for template in self.templates.values() if template.auth]
        secrets = [value for signer in signers for value in secrets_of(signer)]
        return redact(text, [*self.settings.read.values(), *secrets])


def connect(declaration: ApiDeclaration, wanted: frozenset[str], window: Window) -> ApiContext:
    """Read the settings of an API, asking it nothing yet.

    Args:
        wanted: Names of resources; their parents are added.

    Raises:
        SettingError: Some that they need are not set, or one cannot be used.
    """
    settings = SettingValues(declaration.name)
    try:
        client = _client(declaration, settings)
        templates = _templates(declaration, wanted, window, client, settings)
    finally:
        settings.check()  # What else is wrong may follow from what is not set.
    return ApiContext(client, templates, settings)


def _client(declaration: ApiDeclaration, settings: SettingValues) -> ApiClient:
    declared = declaration.declared
    return ApiClient(
        declaration.name,
        base_url(declaration, settings),
        {name: settings.filled(value) for name, value in declared.client.headers.items()},
        declared.timeouts,
        concurrency=declared.concurrency,
        locks=open_locks(declaration.name),
        redact=partial(_redact_settings, settings),
    )


def _templates(
    declaration: ApiDeclaration,
    wanted: frozenset[str],
    window: Window,
    client: ApiClient,
    settings: SettingValues,
) -> dict[str, ListingTemplate]:
    needed = with_ancestors(declaration.resources, wanted)
    parents = {resource.parent.resource for resource in needed if resource.parent}
    sign = partial(
        build_auth, client, settings=settings, allow_http=declaration.declared.client.allow_http
    )
    shared = sign(declaration.declared.client.auth)
    return {
        resource.name: ListingTemplate(
            resource,
            client,
            sign(resource.endpoint.auth) or shared,
            # Children of unchanged parents are loaded too, so a parent is listed whole.
            EVERYTHING if resource.name in parents else window_filter.window_of(resource, window),
            settings,
        )
        for resource in needed
    }


def _redact_settings(settings: SettingValues, text: str) -> str:
    return redact(text, settings.read.values())
