"""Looks at answers that hold no rows: is the listing empty, or the request wrong?"""
