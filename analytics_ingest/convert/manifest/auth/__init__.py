"""Authenticators of a manifest → auth blocks, or what requests send."""
