"""Dagster components of this project; `dg list components` shows them."""

from analytics_ingest.components.dynamic_rest_api import DynamicRestApi
from analytics_ingest.components.rest_api import RestApi

__all__ = ["DynamicRestApi", "RestApi"]
