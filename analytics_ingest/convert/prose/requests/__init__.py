"""Statements on requests: the address, logins, paging, parameters and what fills them."""
