"""Probes of responses without rows: is the listing empty, or is the request wrong?"""
