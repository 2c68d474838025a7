"""The error handler of a requester → actions for responses, the number of retries and the waits."""

import math
from collections.abc import Iterator
from typing import Any

from analytics_ingest.common.expressions.syntax import strip_braces
from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.components.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.components.interpolation import Interpolation
from analytics_ingest.declaration.airbyte.response_filters import ACTIONS, RETRIED

_RETRIES = 5
_ERROR = 400
_OF_HEADERS = ("WaitTimeFromHeader", "WaitUntilTimeFromHeader")
_FINAL = ("SUCCESS", "IGNORE", "RETRY")
"""Actions that later handlers of a composite do not override."""


class ErrorHandling:
    """Collects what the handlers of one requester say."""

    def __init__(self, name: str, texts: Interpolation, log: ConversionLog) -> None:
        self._name, self._texts, self._log = name, texts, log
        self._waits: Json = {}
        self._max_retries: int | None = None
        self._final: list[Json] = []
        self._other: list[Json] = []

    def read(self, handler: Component | None) -> Json:
        """Read a handler; returns the equivalent keys of an endpoint."""
        if handler is None:
            return {}
        self._read(handler, is_composite=handler.kind == "CompositeErrorHandler")
        block = dict(self._waits)
        if self._max_retries is not None:
            block["max_retries"] = self._max_retries
        if block:
            retries = {"max_retries": _RETRIES, **block}
            block = {"retry_on_status_codes": list(RETRIED), **retries}
        actions = _keep_needed(_keep_first([*self._final, *self._other]))
        return {
            **({"error_handler": block} if block else {}),
            **({"response_actions": actions} if actions else {}),
        }

    def _read(self, handler: Component, *, is_composite: bool) -> None:
        for inner in handler.read_children("error_handlers", "DefaultErrorHandler"):
            self._read(inner, is_composite=is_composite)
        retries = self._read_number(handler, "max_retries")
        if retries is not None and self._max_retries is None:
            self._max_retries = int(retries)
        for item in handler.read_children("response_filters", "HttpResponseFilter"):
            action = str(item.take("action") or "").upper()
            is_final = action in _FINAL and is_composite
            (self._final if is_final else self._other).extend(self._convert_filter(item, action))
        for item in handler.read_children("backoff_strategies"):
            self._read_wait(item)

    def _convert_filter(self, item: Component, action: str) -> Iterator[Json]:
        """Yield the actions of one filter, which fits by any of its conditions."""
        codes = item.take("http_codes") or []
        codes = codes if isinstance(codes, list) else [codes]
        predicate, message = item.take_text("predicate"), item.take("error_message_contains")
        if not action:
            return
        if odd := [code for code in codes if not str(code).isdecimal()]:
            raise UnsupportedError(f"{item.kind}.http_codes: {odd[0]} is not a status")
        conditions: list[Json] = [{"status_code": int(code)} for code in codes]
        if predicate:
            text = self._texts.convert_expression(predicate, item.parameters)
            conditions.append({"predicate": strip_braces(text) or text})
        if message:
            conditions.append({"message": str(message)})
        if action in ACTIONS:
            yield from ({**condition, "action": ACTIONS[action]} for condition in conditions)
            return
        for condition in conditions:
            shown = " ".join(f"{key} {value}" for key, value in condition.items())
            self._log.assume(
                self._name, f"{action} where {shown} has no counterpart: an error fails the load"
            )

    def _read_wait(self, item: Component) -> None:
        """Read a strategy; the first one that says how long to wait is used."""
        if item.kind == "ConstantBackoffStrategy":
            seconds = self._read_number(item, "backoff_time_in_seconds")
            waits: Json = {"backoff": "constant", "backoff_factor": seconds}
        elif item.kind == "ExponentialBackoffStrategy":
            seconds = self._read_number(item, "factor", _RETRIES)
            waits = {"backoff_factor": seconds}
        elif item.kind in _OF_HEADERS:
            header = self._convert_header(item)
            is_first = header is not None and not self._waits
            self._waits |= {"wait_header": header} if is_first else {}
            return
        else:
            self._log.assume(
                self._name, f"{item.kind} has no counterpart: waits are the usual ones"
            )
            item.take_all()
            return
        if seconds is not None and "backoff_factor" not in self._waits:
            self._waits |= waits

    def _convert_header(self, item: Component) -> Json | str | None:
        """Return the header that says how long to wait; None where every load follows it anyway."""
        name = str(self._texts.evaluate_constant(item.take("header"), item.parameters))
        regex = self._texts.evaluate_constant(item.take("regex"), item.parameters)
        block: Json = {"name": name}
        if item.kind == "WaitUntilTimeFromHeader":
            block["holds"] = "moment"
        if regex:
            block["regex"] = str(regex)
        for key, ours in (("min_wait", "min_wait"), ("max_waiting_time_in_seconds", "max_wait")):
            seconds = self._read_number(item, key)
            block |= {ours: seconds} if seconds else {}
        if len(block) > 1:
            return block
        return None if name.lower() == "retry-after" else name

    def _read_number(self, item: Component, key: str, default: Any = None) -> int | float | None:
        """Read a number that a key holds; one that a setting gives is left to the default."""
        value = self._texts.evaluate_constant(item.take(key, default), item.parameters)
        try:
            number = float(value) if value is not None else math.nan
        except (ValueError, TypeError):
            self._log.assume(self._name, f"{item.kind}.{key} is not a number: the usual one holds")
            return None
        if math.isnan(number):
            return None
        return int(number) if number.is_integer() else number


def _keep_first(actions: list[Json]) -> list[Json]:
    """Return the actions without those that an earlier one with the same condition precedes."""
    first: dict[str, Json] = {}
    for action in actions:
        condition = {key: value for key, value in action.items() if key != "action"}
        first.setdefault(str(condition), action)
    return list(first.values())


def _keep_needed(actions: list[Json]) -> list[Json]:
    """Return the actions without those that repeat the default, where no later one would fit."""
    kept: list[Json] = []
    for action in reversed(actions):
        code = action.get("status_code")
        is_usual = code is not None and action["action"] in _find_usual(code)
        fits_later = any(later.get("status_code", code) == code for later in kept)
        if not is_usual or fits_later:
            kept.insert(0, action)
    return kept


def _find_usual(code: int) -> tuple[str, ...]:
    if code < _ERROR:
        return ("success",)
    return ("retry", "rate_limited") if code in RETRIED else ("fail",)
