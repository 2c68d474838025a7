"""The error handler of a requester → statuses to retry, waits, and actions for a response."""

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.component import Component
from analytics_ingest.convert.manifest.interpolation import fill_parameters

_RETRIED = (408, 429, 500, 502, 503, 504)
"""What Airbyte retries where no filter fits."""
_RETRIES = 5
_ERROR = 400


class ErrorHandling:
    """Collects what the handlers of one requester say."""

    def __init__(self, name: str, log: ConversionLog) -> None:
        self._name, self._log = name, log
        self._retried: list[int] = list(_RETRIED)
        self._waits: Json = {}
        self._max_retries: int | None = None
        self._actions: list[Json] = []
        self._decided: set[int] = set()

    def read(self, handler: Component | None) -> Json:
        """Read a handler; returns the keys of an endpoint that it stands for."""
        if handler is None:
            return {}
        self._read(handler)
        block = dict(self._waits)
        if self._max_retries is not None:
            block["max_retries"] = self._max_retries
        if self._retried != list(_RETRIED) or block:
            retries = {"max_retries": _RETRIES, **block}
            block = {"retry_on_status_codes": sorted(self._retried), **retries}
        actions = {"response_actions": self._actions} if self._actions else {}
        return {**({"error_handler": block} if block else {}), **actions}

    def _read(self, handler: Component) -> None:
        for inner in handler.children("error_handlers", "DefaultErrorHandler"):
            self._read(inner)
        retries = handler.take("max_retries")
        if isinstance(retries, int) and self._max_retries is None:
            self._max_retries = retries
        for item in handler.children("response_filters", "HttpResponseFilter"):
            self._read_filter(item)
        for item in handler.children("backoff_strategies"):
            self._read_wait(item)

    def _read_filter(self, item: Component) -> None:
        action = str(item.take("action") or "FAIL").upper()
        codes = item.take("http_codes") or []
        listed = codes if isinstance(codes, list) else [codes]
        for key in ("predicate", "error_message_contains"):
            if text := item.take(key):
                shown = fill_parameters(str(text), item.parameters)
                self._log.assume(
                    self._name,
                    f"{action} where {shown} has no counterpart: an error fails the load",
                )
        for code in map(int, listed):
            if code not in self._decided:
                self._decided.add(code)
                self._decide(code, action)

    def _decide(self, code: int, action: str) -> None:
        if action in ("RETRY", "RATE_LIMITED"):
            self._retried = list(dict.fromkeys([*self._retried, code]))
            return
        if code in self._retried:
            self._retried.remove(code)
        if action == "IGNORE":
            self._actions.append({"status_code": code, "action": "ignore"})
        elif action != "FAIL":
            self._log.assume(
                self._name, f"{action} of status {code} has no counterpart: it fails the load"
            )
        elif code < _ERROR:
            self._actions.append({"status_code": code, "action": "fail"})

    def _read_wait(self, item: Component) -> None:
        if item.kind == "ConstantBackoffStrategy":
            seconds = item.take("backoff_time_in_seconds")
            waits = {"backoff": "constant", "backoff_factor": seconds}
        elif item.kind == "ExponentialBackoffStrategy":
            seconds = item.take("factor", _RETRIES)
            waits = {"backoff_factor": seconds}
        else:
            header = item.take("header")
            for key in ("regex", "min_wait", "max_waiting_time_in_seconds"):
                item.take(key)
            if str(header).lower() != "retry-after":
                self._log.assume(self._name, f"waits do not follow the header {header}")
            return
        if isinstance(seconds, int | float) and not self._waits:
            self._waits = waits
