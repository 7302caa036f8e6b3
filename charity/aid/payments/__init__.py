"""Payments 付款: an approved voucher is paid, once. This is the door; outsiders import only it."""

from .verbs import KIND, PAYING_BANK, pay

__all__ = ["KIND", "PAYING_BANK", "pay"]
