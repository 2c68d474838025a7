"""A declaration of a test, loaded by Dagster in this process as the `defs` folder loads it."""

from collections.abc import Mapping
from pathlib import Path

import dagster as dg
from dagster.components.testing import create_defs_folder_sandbox

from analytics_ingest.components import RestApi

WARNINGS_OF_DAGSTER = (
    # What its sandbox calls itself: a deprecated function of pydantic, and parts that are a beta.
    "ignore:.*parse_obj_as.*:DeprecationWarning",
    "ignore::dagster.BetaWarning",
    "ignore::dagster.PreviewWarning",
)


def build(
    attributes: str, *, api: str = "shop", files: Mapping[str, str] | None = None
) -> dg.Definitions:
    """Load an API's folder.

    Args:
        attributes: The text below `attributes:`, indented.
        files: Further files of the folder.
    """
    with create_defs_folder_sandbox() as sandbox:
        folder: Path = sandbox.scaffold_component(component_cls=RestApi, defs_path=api)
        head = "type: analytics_ingest.components.RestApi\n"
        body = f"attributes:\n{attributes}" if attributes else ""
        (folder / "defs.yaml").write_text(head + body)
        for name, text in (files or {}).items():
            (folder / name).write_text(text)
        with sandbox.load_component_and_build_defs(defs_path=folder) as (_, definitions):
            return definitions


def specs(definitions: dg.Definitions) -> dict[str, dg.AssetSpec]:
    """The assets, by the last part of their key."""
    return {spec.key.path[-1]: spec for spec in definitions.resolve_all_asset_specs()}
