"""Builds the paginator of a resource, and guards its listings: loops, shifted rows."""
