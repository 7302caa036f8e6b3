"""Benchmarks: every figure with the command that measures it. Run `make bench` or `make bench NAME=<figure>`."""
