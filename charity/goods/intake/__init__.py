"""Intake 入库: goods come in as gifts or for a paid voucher. This is the door; outsiders import only it."""

from .verbs import SERIES, Evidence, IntakeLine, take_in

__all__ = ["SERIES", "Evidence", "IntakeLine", "take_in"]
