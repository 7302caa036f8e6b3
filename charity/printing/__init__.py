"""Printing: facts become PDF, and nothing else happens here.

A printed document is a frozen dataclass of facts. Documents that people hold (receipt, slip, label, voucher)
are HTML printed by WeasyPrint; registers of any length are Typst pages made in Python. Both print
in child processes with a time limit and a memory limit, from one TrueType CJK font.
Always true: equal facts give equal bytes; no address outside the package is ever opened; text is
data and never markup, formula or code; no document draws an official seal.
"""
