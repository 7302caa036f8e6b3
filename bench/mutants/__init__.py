"""Bugs planted one at a time, to see whether a test turns red: `make mutants` (docs/decisions/0019).

`changes` makes the bugs out of the syntax tree, `lines` remembers which test runs which line, `run` plants a seeded
sample and writes down what no test noticed.
"""
