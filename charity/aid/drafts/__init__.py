"""The form of a voucher: what it offers and what was typed. The door."""
