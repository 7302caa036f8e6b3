"""Payments 付款: an approved voucher is paid, once. This is the door; outsiders import only it."""

from .readers import banked
from .verbs import CHANNEL, KIND, is_purchase, pay, use_facts

__all__ = ["CHANNEL", "KIND", "banked", "is_purchase", "pay", "use_facts"]
