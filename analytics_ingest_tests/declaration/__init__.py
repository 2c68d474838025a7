"""Tests of the declaration: what a `defs.yaml` may say, what it means, and how mistakes read."""
