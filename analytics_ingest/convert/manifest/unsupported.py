"""The error of what has no counterpart here."""


class UnsupportedError(Exception):
    """Why a stream cannot be converted, in a few words."""
