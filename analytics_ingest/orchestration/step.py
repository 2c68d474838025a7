"""The step of an API's assets: a Dagster context → a load → materialisations with its figures."""

from collections.abc import Iterator

import dagster as dg

from analytics_ingest.config.declaration import ApiDeclaration
from analytics_ingest.loading.errors import LoadError
from analytics_ingest.loading.load import open_load
from analytics_ingest.orchestration.dlt_resource import ResourceTranslator, WarehouseDltResource
from analytics_ingest.orchestration.partitions import is_partitioned, window_of_run


def run_step(
    context: dg.AssetExecutionContext, api: ApiDeclaration
) -> Iterator[dg.MaterializeResult]:
    """Load the selected assets' rows of the run's partitions."""
    names = frozenset(key.path[-1] for key in context.selected_asset_keys)
    window = window_of_run(context)
    context.log.info("%s: loading %d resources, window %s", api.name, len(names), window)
    run_id = f"{context.run.run_id}-{context.op_execution_context.op_handle.name}"
    try:
        with open_load(api, names, window, run_id=run_id, log=context.log.info) as load:
            one_event = not is_partitioned(context) or len(context.partition_keys) == 1
            dlt = WarehouseDltResource(window=str(window), is_one_event=one_event)
            for result in dlt.describing(load.stats).run(
                context,
                dlt_source=load.source,
                dlt_pipeline=load.pipeline,
                dagster_dlt_translator=ResourceTranslator(),
                **load.run_options,
            ):
                if isinstance(result, dg.MaterializeResult):
                    yield result
    except LoadError as error:
        raise dg.Failure(str(error)) from None
