"""Limits that several closets of the office share."""

from charity.printing import qr_pictures

SMALL = 16_384
"""Bytes of the forms of sign-in and accounts."""
IMAGE = qr_pictures.BYTES_MAX + SMALL
"""Bytes of a form that takes a picture."""
