"""Paginators of a manifest → ours."""
