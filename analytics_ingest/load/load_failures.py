"""How a failed load ends: errors of dlt, of the warehouse and of the machine → load errors."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import duckdb
from dlt.common.destination.exceptions import DestinationException
from dlt.common.schema.exceptions import DataValidationError
from dlt.load.exceptions import LoadClientJobException
from dlt.normalize.exceptions import NormalizeJobFailed
from dlt.pipeline.exceptions import PipelineStepFailed

from analytics_ingest.common.errors import (
    LoadError,
    PartialLoadError,
    WarehouseError,
    list_causes,
)
from analytics_ingest.common.warehouse_settings import find_place_setting
from analytics_ingest.load.warehouse.faults import describe_error, find_fault
from analytics_ingest.load.warehouse.tables.schema_contract import describe_refusal


def raise_failures(failures: Mapping[str, LoadError], wanted: int) -> None:
    """Raise the errors of the resources that failed, if any.

    Args:
        wanted: How many resources there are.
    """
    if len(failures) == 1:
        raise next(iter(failures.values())) from None
    if failures:
        raise PartialLoadError(failures, wanted)


@contextmanager
def explain_failures(api: str) -> Iterator[None]:
    """Turn any failure of a block into a load error.

    Raises:
        LoadError: dlt, the warehouse or the machine failed, or a load error was raised.
    """
    try:
        yield
    except LoadError:
        raise
    except PipelineStepFailed as error:
        # Without the causes: dlt's messages hold rows, and those of requests hold keys.
        raise _explain(api, error) from None
    except (DestinationException, duckdb.Error) as error:
        raise describe_error(api, "the warehouse failed", error) from None
    except (OSError, MemoryError) as error:
        if (fault := find_fault(error)) is None:
            raise
        raise WarehouseError(f"{api}: {fault}") from None


def _explain(api: str, error: PipelineStepFailed) -> LoadError:
    """Find the load error among the causes, else one that names the failed step and their types."""
    chain = list(list_causes(error))
    for cause in chain:
        if isinstance(cause, LoadError):
            return cause
        if isinstance(cause, DataValidationError):
            return WarehouseError(describe_refusal(api, cause))
    if fault := find_fault(error):
        return WarehouseError(f"{api}: {fault}")
    types = " ← ".join(type(cause).__name__ for cause in chain)
    if error.step == "sync":
        return WarehouseError(
            f"{api}: the warehouse cannot be opened ({types}); check "
            f"{find_place_setting()}, and that it can be reached from here"
        )
    jobs = [c for c in chain if isinstance(c, LoadClientJobException | NormalizeJobFailed)]
    table = jobs[-1].job_id.partition(".")[0] if jobs else ""
    # A file that cannot be closed is reported of the last table, which is often dlt's own.
    place = f"{api}.{table}" if table and not table.startswith("_dlt_") else api
    return WarehouseError(
        f"{place}: dlt's {error.step} step failed ({types}); see dlt's lines in the run's log, "
        "then load the window again: there is nothing to clean up"
    )
