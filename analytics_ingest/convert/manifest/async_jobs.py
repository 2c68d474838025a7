"""`AsyncRetriever`: a job that is created and polled, and whose result is downloaded → `job`."""

from collections.abc import Callable

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.decoders import read_decoder
from analytics_ingest.convert.manifest.interpolation import Interpolation
from analytics_ingest.convert.manifest.paging import read_paginator
from analytics_ingest.convert.manifest.rows import read_path
from analytics_ingest.convert.manifest.signing import Signing

Requested = tuple[str, Signing, Json]
"""The address of a request, how it is signed, and its endpoint."""

METHODS = ("GET", "POST", "PUT", "DELETE")
"""Of the requests of a job."""

_STATUSES = {
    "running": ("running",),
    "completed": ("completed",),
    "failed": ("failed", "timeout"),
    "empty": ("skipped",),
}
"""Our list of statuses → Airbyte's; a job that timed out is created again, like one that failed."""

_PANDAS_NULLS = (
    *("", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"),
    *("<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"),
)
"""Values of a file that are null, unless `preserve_na_values`."""


class AsyncRequests:
    """Reads the requests of one `AsyncRetriever`.

    Args:
        convert: Converts a requester.
    """

    def __init__(
        self,
        name: str,
        texts: Interpolation,
        log: ConversionLog,
        convert: Callable[[Component], Requested],
    ) -> None:
        self._name, self._texts, self._log, self._convert = name, texts, log, convert

    def read(self, retriever: Component) -> Requested:
        """Read a retriever: the endpoint downloads, and its `job` is what comes before.

        Raises:
            UnsupportedError: A part of it has no counterpart.
        """
        self._base, signing, create = self._convert(_require(retriever, "creation_requester"))
        handling = {key: create.pop(key) for key in _HANDLING if key in create}
        self._signing, self._handling = signing, handling
        polled = self._read_request(_require(retriever, "polling_requester"))
        job: Json = {"create": create, "poll": {**polled, **self._read_statuses(retriever)}}
        if minutes := self._read_number(retriever, "polling_job_timeout"):
            job["poll"]["timeout"] = f"{minutes}m"
        if seconds := self._read_number(retriever, "failed_retry_wait_time_in_seconds"):
            job["retry_after"] = seconds
        if targets := self._read_targets(retriever):
            job["targets"] = targets
        if requester := retriever.read_child("delete_requester", "HttpRequester"):
            job["delete"] = self._read_request(requester)
        if requester := retriever.read_child("abort_requester", "HttpRequester"):
            self._convert(requester)
            self._log.assume(self._name, "a job that takes too long is not aborted")
        endpoint = self._read_request(_require(retriever, "download_requester"), is_download=True)
        paginator = retriever.read_child("download_paginator")
        endpoint["paginator"] = read_paginator(paginator, endpoint, self._texts)
        return (
            self._base,
            signing,
            {**endpoint, **self._read_rows(retriever), **handling, "job": job},
        )

    def _read_request(self, requester: Component, *, is_download: bool = False) -> Json:
        """Read a request after the first one, which has its host and login."""
        base, signing, request = self._convert(requester)
        handling = {key: request.pop(key) for key in _HANDLING if key in request}
        if is_download and base.replace(" ", "") == "{{download_target}}":
            return {**request, "path": "{{ download_target }}"}
        is_target = is_download and request["path"].replace(" ", "") == "{{download_target}}"
        if base != self._base and not is_target:
            raise UnsupportedError(f"a request of its job is sent to {base}, not to {self._base}")
        if signing != self._signing and not is_download:
            raise UnsupportedError("the requests of its job have several logins")
        if handling and handling != self._handling:
            self._log.assume(
                self._name, "all requests of a job have the error handler of the first"
            )
        return request

    def _read_statuses(self, retriever: Component) -> Json:
        extractor = retriever.read_child("status_extractor", "DpathExtractor")
        declared = retriever.read_child("status_mapping", "AsyncJobStatusMap")
        if extractor is None or declared is None:
            raise UnsupportedError("nothing says what the statuses of its job mean")
        lists = {
            key: [str(status) for kind in kinds for status in declared.take(kind) or ()]
            for key, kinds in _STATUSES.items()
        }
        return {
            "status_path": read_path(extractor, self._texts),
            **{key: statuses for key, statuses in lists.items() if statuses},
        }

    def _read_targets(self, retriever: Component) -> Json | None:
        extractor = retriever.read_child("download_target_extractor", "DpathExtractor")
        requester = retriever.read_child("download_target_requester", "HttpRequester")
        if extractor is None:
            return None
        request = {"request": self._read_request(requester)} if requester else {}
        return {"selector": read_path(extractor, self._texts), **request}

    def _read_rows(self, retriever: Component) -> Json:
        """Read how the result becomes rows."""
        if (decoder := retriever.read_child("decoder")) and decoder.kind != "JsonDecoder":
            raise UnsupportedError(f"the responses of its job are read by {decoder.kind}")
        extractor = retriever.read_child("download_extractor", "DpathExtractor")
        if extractor and extractor.kind == "ResponseToFileExtractor":
            is_kept = bool(extractor.take("preserve_na_values"))
            nulls = [""] if is_kept else list(_PANDAS_NULLS)
            return {"decoder": {"type": "csv", "compression": "gzip", "nulls": nulls}}
        selector = read_path(extractor, self._texts) if extractor else "$"
        return read_decoder(retriever.read_child("download_decoder"), selector)

    def _read_number(self, retriever: Component, key: str) -> int | None:
        value = self._texts.evaluate_constant(retriever.take(key), retriever.parameters)
        if value is None:
            return None
        default = self._texts.connection.evaluate_with_defaults(str(value))
        try:
            return int(str(default if default is not None else value))
        except ValueError:
            self._log.assume(self._name, f"{key} depends on settings, so the usual one holds")
            return None


_HANDLING = ("error_handler", "response_actions")


def _require(retriever: Component, key: str) -> Component:
    requester = retriever.read_child(key, "HttpRequester")
    if requester is None:
        raise UnsupportedError(f"the retriever has no {key}")
    return requester
