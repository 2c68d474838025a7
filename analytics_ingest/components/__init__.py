"""Dagster components of this project; `dg list components` shows them."""

from analytics_ingest.components.rest_api import RestApi

__all__ = ["RestApi"]
