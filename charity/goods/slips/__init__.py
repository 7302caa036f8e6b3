"""Goods slips 入库单、出库单、冲销单: what they print, and the labels of their lots."""
