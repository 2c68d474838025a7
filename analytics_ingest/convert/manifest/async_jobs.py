"""`AsyncRetriever`: a job that is created and polled, and whose result is downloaded → `job`."""

import re
from collections.abc import Callable
from functools import partial

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.auth.signing import Signing
from analytics_ingest.convert.manifest.components.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.components.interpolation import Interpolation
from analytics_ingest.convert.manifest.components.numbers import read_number
from analytics_ingest.convert.manifest.paging.paging import read_paginator
from analytics_ingest.convert.manifest.rows.decoders import read_decoder
from analytics_ingest.convert.manifest.rows.rows import read_path

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

_SPELLED = {"True": "true", "False": "false"}
"""Airbyte writes the booleans of a response as Python does."""

_TARGET = re.compile(r"\s*\{\{\s*download_target\s*\}\}\s*")
_REQUEST = re.compile(r"_response(?:\.|\[\s*\\*['\"])request\b")

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
        self._signing, self._handler = signing, create.pop("error_handler", None)
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
        assume = partial(self._log.assume, self._name)
        endpoint["paginator"] = read_paginator(paginator, endpoint, self._texts, assume)
        if self._handler:
            endpoint["error_handler"] = self._handler
        if "download_target" not in str(endpoint):
            job.pop("targets", None)
        if _REQUEST.search(str([job, endpoint])):
            raise UnsupportedError("an expression reads the request of a response")
        return self._base, signing, {**endpoint, **self._read_rows(retriever), "job": job}

    def _read_request(self, requester: Component, *, is_download: bool = False) -> Json:
        """Read a request after the first one, which has its host and login."""
        base, signing, request = self._convert(requester)
        self._share_handler(request.pop("error_handler", None))
        if is_download and _TARGET.fullmatch(base):
            if request["path"].strip("/"):
                raise UnsupportedError("a path is added to the address of its result")
            self._note_login(signing, request)
            return {**request, "path": "{{ download_target }}"}
        if base != self._base:
            raise UnsupportedError(f"a request of its job is sent to {base}, not to {self._base}")
        if is_download and _TARGET.fullmatch(request["path"]):
            self._note_login(signing, request)
        elif signing != self._signing and not is_download:
            raise UnsupportedError("the requests of its job have several logins")
        return request

    def _share_handler(self, handler: Json | None) -> None:
        """Use the first error handler for all requests of the job."""
        self._handler = self._handler or handler
        if handler and handler != self._handler:
            self._log.assume(self._name, "all requests of a job have its first error handler")

    def _note_login(self, signing: Signing, request: Json) -> None:
        if signing.auth or signing.fields or request.get("headers"):
            reason = "a result at another host is downloaded without login and headers"
            self._log.assume(self._name, reason)

    def _read_statuses(self, retriever: Component) -> Json:
        extractor = retriever.read_child("status_extractor", "DpathExtractor")
        declared = retriever.read_child("status_mapping", "AsyncJobStatusMap")
        if extractor is None or declared is None:
            raise UnsupportedError("nothing says what the statuses of its job mean")
        lists = {
            key: [_SPELLED.get(str(s), str(s)) for kind in kinds for s in declared.take(kind) or ()]
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
        try:
            return read_number(retriever, key, self._texts)
        except UnsupportedError:
            self._log.assume(self._name, f"{key} depends on settings, so the usual one holds")
            return None


def _require(retriever: Component, key: str) -> Component:
    requester = retriever.read_child(key, "HttpRequester")
    if requester is None:
        raise UnsupportedError(f"the retriever has no {key}")
    return requester
