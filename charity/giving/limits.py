"""How long the texts of giving may be, characters: the forms and the verbs ask here."""

REF_MAX = 64
MESSAGE_MAX = 200
REASON_MAX = 500
