"""Payments 付款: an approved voucher is paid, once. This is the door; outsiders import only it."""

from .verbs import CHANNEL, KIND, PAYING_BANK, pay

__all__ = ["CHANNEL", "KIND", "PAYING_BANK", "pay"]
