"""Sensors and the messages that they send."""
