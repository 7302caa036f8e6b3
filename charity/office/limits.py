"""Limits that several closets of the office share."""

SMALL = 16_384
"""Bytes of the forms of sign-in and accounts."""
