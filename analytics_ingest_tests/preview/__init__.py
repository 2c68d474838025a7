"""Tests of the command `try`."""
