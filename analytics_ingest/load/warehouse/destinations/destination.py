"""dlt's named destination `warehouse`, by default a DuckDB file in the project's `data` folder."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dlt
from dlt.common.configuration.exceptions import ConfigurationValueError
from dlt.common.destination.capabilities import DestinationCapabilitiesContext
from dlt.common.destination.client import DestinationClientConfiguration
from dlt.common.destination.reference import AnyDestination, DestinationReference
from dlt.common.normalizers.naming import NamingConvention
from dlt.destinations.impl.duckdb.configuration import DuckDbCredentials

from analytics_ingest.common.errors import SettingError
from analytics_ingest.common.project import make_private_folder
from analytics_ingest.common.warehouse_settings import (
    CREDENTIALS_KEY,
    DESTINATION_NAME,
    get_data_dir,
    read_warehouse_type,
)


def create_destination(dataset: str) -> AnyDestination:
    """Create the configured destination.

    Args:
        dataset: The API's dataset; a DuckDB file must not have its name.
    """
    kind = read_warehouse_type()
    options = _build_default_credentials(dataset) if kind == "duckdb" else {}
    # `dlt.destination` would keep some of the options for itself.
    create = partial(_find_destination_class(kind), destination_name=DESTINATION_NAME)
    capabilities = create(**options).capabilities()
    if has_transactions(capabilities):
        # Otherwise the rows that a merge replaces are gone between its statements, and for good if
        # the process dies there.
        options["supports_transactions"] = True
    if "insert-from-staging" in (capabilities.supported_replace_strategies or ()):
        # By default dlt empties a snapshot first, and fills it later.
        options["replace_strategy"] = "insert-from-staging"
    if kind == "duckdb":
        # Each job needs memory of its own; parallel jobs into one file are no faster.
        options["loader_parallelism_strategy"] = "sequential"
    destination = create(**options)
    capabilities.update(destination.caps_params)
    _remember_capabilities(destination, capabilities)
    if kind == "duckdb":
        _remember_configuration(destination)
    return destination


def _find_destination_class(kind: str) -> Callable[..., Any]:
    if kind == "postgres":
        from analytics_ingest.load.warehouse.destinations.postgres import CopyingPostgres

        return CopyingPostgres
    if kind == "duckdb":
        from analytics_ingest.load.warehouse.destinations.duckdb_columns import DescribingDuckDb

        return DescribingDuckDb
    return DestinationReference.find(kind)


def _remember_capabilities(
    destination: AnyDestination, known: DestinationCapabilitiesContext
) -> None:
    """Resolve a destination's capabilities once: dlt asks for them 30 times a load, a quarter of
    the processor time of a small one.

    Args:
        known: What they are for no configuration and no naming convention.
    """
    resolve = destination.capabilities
    resolved: dict[tuple[bool, object], DestinationCapabilitiesContext] = {
        (True, type(None)): known
    }

    def capabilities(
        config: DestinationClientConfiguration | None = None,
        naming: NamingConvention | None = None,
    ) -> DestinationCapabilitiesContext:
        key = (config is None, type(naming))
        if key not in resolved:
            resolved[key] = resolve(config, naming)
        return resolved[key].copy()  # dlt changes its argument

    destination.capabilities = capabilities


def _remember_configuration(destination: AnyDestination) -> None:
    """Resolve a DuckDB destination's settings once: dlt does it for each of its ten clients a load,
    a fifth of the processor time of a small one.
    """
    resolve = destination.configuration
    resolved: dict[tuple[str | None, str | None], Any] = {}

    def configuration(initial_config: Any, accept_partial: bool = False) -> Any:
        if accept_partial or initial_config.credentials:
            return resolve(initial_config, accept_partial)
        key = (initial_config.dataset_name, initial_config.default_schema_name)
        if key not in resolved:
            resolved[key] = resolve(initial_config)
        copied = resolved[key].copy()
        copied.credentials.on_resolved()  # with a pool of connections of its own
        return copied

    destination.configuration = configuration


def describe_location(configuration: DestinationClientConfiguration) -> str:
    """Describe where the warehouse is, for the log: its type and place, without credentials."""
    credentials, kind = configuration.credentials, configuration.destination_type
    name = kind.rpartition(".")[2]
    if isinstance(credentials, DuckDbCredentials):
        return f"{name} {Path(str(credentials.database)).resolve()}"
    try:
        place = configuration.data_location() or ""
    except ConfigurationValueError:
        return name
    scheme, separator, rest = place.rpartition("://")
    if separator:  # A bucket; the folder in it is a part of the address.
        rest += urlsplit(str(getattr(configuration, "bucket_url", ""))).path
    return f"{name} {scheme}{separator}{rest.rpartition('@')[2]}".strip()


def has_transactions(capabilities: DestinationCapabilitiesContext) -> bool:
    """Return whether the statements of a merge can be one transaction.

    Most destinations state this in dlt only of the statements that change tables.
    """
    stated = capabilities.supports_transactions
    return bool(capabilities.supports_ddl_transactions if stated is None else stated)


def _build_default_credentials(dataset: str) -> dict[str, Any]:
    if CREDENTIALS_KEY in dlt.secrets or CREDENTIALS_KEY in dlt.config:
        return {}
    path = get_data_dir() / "warehouse.duckdb"
    if dataset == path.stem:
        raise SettingError(
            f"{dataset}: the API has the name of the DuckDB file {path}, which DuckDB does not "
            "allow; rename its folder, or set DESTINATION__WAREHOUSE__CREDENTIALS to another file"
        )
    make_private_folder(path.parent)
    return {"credentials": str(path)}
