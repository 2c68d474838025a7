"""The cursor of a stream (`incremental_sync`) → `incremental`, and where partitions begin."""

import re

from analytics_ingest.common.cursor import writes_dates
from analytics_ingest.common.expressions.syntax import strip_braces
from analytics_ingest.common.expressions.text import find_references
from analytics_ingest.common.json_tree import map_strings
from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.components.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.components.interpolation import Interpolation
from analytics_ingest.convert.manifest.components.jsonpaths import quote
from analytics_ingest.convert.manifest.components.options import inject, read_option
from analytics_ingest.declaration.airbyte.durations import read_duration
from analytics_ingest.declaration.airbyte.incremental_sync import (
    BOUNDS,
    TEXTS,
    convert_formats,
    find_longest_window,
    find_sent_bounds,
    find_start_date,
)
from analytics_ingest.declaration.models.schedule import Partitions

OF_CHANGES = re.compile(r"updat|modif|chang|edit|last|sync|touch|activ|mtime|revis")
_FIRST_DAY = Partitions().start.isoformat()


class Cursor:
    """The cursor of one stream.

    Args:
        sync: Its `incremental_sync`.
    """

    def __init__(self, sync: Component) -> None:
        if sync.kind != "DatetimeBasedCursor":
            raise UnsupportedError(f"the cursor {sync.kind} has no counterpart")
        self._sync = sync
        fields = {bound: sync.take(f"partition_field_{bound}") for bound in BOUNDS}
        self.names = {str(fields[b] or f"{b}_time"): name for b, name in BOUNDS.items()}
        """What a slice calls the bounds of the window → their placeholders."""
        self.start: str | None = None
        """The day on which the cursor starts, where the manifest says so."""
        self.first_day = _FIRST_DAY
        """Where it starts if that setting is not set."""
        self.start_setting: str | None = None
        """What decides where it starts, where a setting or an expression does."""
        self.moves_with_changes = False
        """Whether its name says that a change of its row moves it, as `updated_at` does: a window
        that is replaced would keep both versions of the row."""
        self.keeps_old_versions = False
        """Whether Airbyte loads every row each time, and a window only those that lie in it."""

    def read(
        self,
        endpoint: Json,
        texts: Interpolation,
        name: str,
        log: ConversionLog,
        steps: list[Json],
    ) -> Json:
        """Read the cursor; adds the bounds of the window to the request where they belong.

        Args:
            steps: What happens to the rows; it may read the window too.
        """
        sync = self._sync
        field = texts.evaluate_constant(sync.take("cursor_field"), sync.parameters)
        if not isinstance(field, str) or "{{" in field:
            raise UnsupportedError("the cursor's field is an expression")
        self.moves_with_changes = bool(OF_CHANGES.search(field.lower()))
        incremental = {"cursor_path": quote(field), **self._convert_formats()}
        self._read_options(endpoint, incremental, texts)
        sent = find_sent_bounds({**endpoint, "incremental": incremental})
        is_of_dates = writes_dates(incremental.get("param_format", "iso8601"))
        if is_of_dates and "end" in sent and find_references(steps).bounds:
            # A later end would add the rows of another day, under the date of the window.
            incremental["inclusive_end"] = True
            log.assume(name, "the last day of its window is sent as the end, as Airbyte does")
        if lookback := self._convert_duration("lookback_window", name, log, texts):
            incremental["lookback"] = lookback
        if sync.take("step") and (longest := self._convert_step(sent, name, log, texts)):
            incremental["max_window"] = longest
        self._read_start(texts)
        sync.take("end_datetime")
        if not sent and "stream_" not in str(steps):
            incremental.pop("param_format", None)
        if "start" in sent:
            incremental["initial_value"] = self.start or self.first_day
        # `row_order: desc` would end listings early: Airbyte, reading all, proves no order.
        sync.take("is_data_feed")
        is_filtered = bool(sync.take("is_client_side_incremental"))
        self.keeps_old_versions = not (sent or is_filtered or self.moves_with_changes)
        sync.take("global_substream_cursor")
        return incremental

    def _convert_formats(self) -> Json:
        declared = self._sync.take_list("cursor_datetime_formats")
        pattern = self._sync.take("datetime_format")
        if not all(isinstance(item, str) for item in (*declared, pattern or "")):
            raise UnsupportedError("a format of its cursor is not a text")
        return convert_formats(pattern, declared) if pattern else {}

    def _read_options(self, endpoint: Json, incremental: Json, texts: Interpolation) -> None:
        for bound, placeholder in BOUNDS.items():
            if option := self._sync.read_child(f"{bound}_time_option"):
                block, path = read_option(option, texts)
                if block == "params" and len(path) == 1:
                    incremental[f"{bound}_param"] = path[0]
                else:
                    inject(endpoint, (block, path), f"{{{placeholder}}}")

    def _convert_step(
        self, sent: set[str], name: str, log: ConversionLog, texts: Interpolation
    ) -> str | None:
        """Convert the step: a day, a week or a month, if requests hold only the start."""
        length = self._convert_duration("step", name, log, texts)
        if length is None or "start" not in sent:
            return None
        longest = find_longest_window(str(self._sync.take("step")), length, sent)
        if longest is None:
            reason = "its requests hold no end of their window: one reads all since its start"
            log.assume(name, reason)
        return longest

    def _convert_duration(
        self, key: str, name: str, log: ConversionLog, texts: Interpolation
    ) -> str | None:
        raw = self._sync.take(key)
        if raw is None:
            return None
        text = texts.evaluate_constant(raw, self._sync.parameters)
        default = texts.connection.evaluate_with_defaults(str(text))
        if duration := read_duration(str(text)):
            return None if duration == "0s" else duration
        if duration := read_duration(str(default)):
            log.assume(name, f"{key} is a setting in Airbyte; its default is declared")
            return None if duration == "0s" else duration
        ours = {"step": "max_window", "lookback_window": "lookback"}[key]
        log.assume(name, f"{key} depends on settings, so there is none; declare incremental.{ours}")
        return None

    def send_whole_window(self, endpoint: Json, incremental: Json) -> bool:
        """Ask for all rows since the start, as a snapshot does, where that is possible."""
        pattern = self._sync.take("datetime_format")
        start = self.start_setting and strip_braces(self.start_setting)
        first = f"format_datetime({start}, '{pattern}')" if start else f"'{self.start}'"
        sent = find_sent_bounds({**endpoint, "incremental": incremental})
        if "max_window" in incremental and "end" not in sent:
            return False  # A request asks for one day, or one week or month.
        bounds = {
            "start": f"{{{{ {first} }}}}" if start else str(self.start),
            "end": f"{{{{ format_datetime(now_utc(), '{pattern}') }}}}",
        }
        if not start and pattern != "%Y-%m-%d":
            return False
        for bound, value in bounds.items():
            if param := incremental.get(f"{bound}_param"):
                endpoint.setdefault("params", {})[param] = value
        filled = map_strings(
            {key: endpoint[key] for key in TEXTS if key in endpoint},
            lambda text: text.replace("{incremental.start_value}", bounds["start"]).replace(
                "{incremental.end_value}", bounds["end"]
            ),
        )
        endpoint.update(filled)
        return True

    def _read_start(self, texts: Interpolation) -> None:
        raw = self._sync.take("start_datetime")
        pattern = self._sync.take("datetime_format")
        if isinstance(raw, dict):
            pattern, raw = raw.get("datetime_format") or pattern, raw.get("datetime")
        day = find_start_date({"start_datetime": raw, "datetime_format": pattern})
        self.start = day if raw is not None and "{" not in str(raw) else None
        self.start_setting = None
        if not self.start and raw is not None:
            self.start_setting = texts.convert_expression(str(raw), self._sync.parameters)
            default = texts.connection.evaluate_with_defaults(self.start_setting)
            start = {"start_datetime": default, "datetime_format": pattern}
            # A default that moves with the clock, such as yesterday, would leave out older rows.
            self.first_day = min(find_start_date(start) or _FIRST_DAY, _FIRST_DAY)
