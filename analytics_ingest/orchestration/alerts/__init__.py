"""Alerts: sensors that report failed runs, failed checks and stale assets through Apprise.

`sensors` and `stale_sensor` decide what to report, `messages` words it, `notify` delivers it.
"""
