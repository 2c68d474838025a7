"""Tests of the sample API: its rows in process, its answers over a real socket."""
