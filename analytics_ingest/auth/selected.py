"""One of several ways to sign requests, which a setting selects when a load begins.

Only the secrets of the selected one are read.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from analytics_ingest.auth.base import Auth, AuthContext
from analytics_ingest.common.declared_types import Keys
from analytics_ingest.common.errors import SettingError

if TYPE_CHECKING:
    from requests import PreparedRequest


class SelectedKeys(Keys):
    """Keys of `selected`."""

    required: ClassVar = {
        "selected_by": "the setting that selects, such as '{settings.auth_type}'",
        "options": "an auth block for each value of the setting",
    }

    selected_by: str | None = None
    """Selects one of the options, such as `{settings.auth_type}`."""
    options: dict[str, Any] = Field(default_factory=dict)
    """Value of the setting → an auth block; null signs nothing."""


class Selected(Auth):
    """Stands for the option that a setting selects."""

    name = "selected"
    keys = SelectedKeys

    @classmethod
    def build(cls, keys: SelectedKeys, context: AuthContext) -> Auth:
        selected = context.fill(keys.selected_by)
        if selected not in keys.options:
            if context.has_missing:
                return Unsigned()  # Missing settings are reported together.
            settings = ", ".join(context.list_settings(keys.selected_by))
            problem = "does not match any of" if selected else "is not set, but selects one of"
            raise SettingError(
                f"{context.api}: {settings} {problem} auth.options; allowed are "
                f"{', '.join(keys.options)}"
            )
        option = keys.options[selected]
        return Unsigned() if option is None else context.build(option)


class Unsigned(Auth):
    """Signs nothing."""

    def __call__(self, request: "PreparedRequest") -> "PreparedRequest":
        return request
