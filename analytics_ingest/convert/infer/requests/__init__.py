"""Addresses, logins, headers and parameters, as the prose says."""
