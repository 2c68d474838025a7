"""Paginators, and the evidence for the end of a listing."""
