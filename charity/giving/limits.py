"""How long the texts of giving may be, characters: the forms and the verbs ask here."""

REF_MAX = 64
MESSAGE_MAX = 200
REASON_MAX = 500
UNIT_NAME_MAX = 60
STAFF_MAX = 1_000_000
"""The largest number of staff of a work unit."""
