"""Benchmarks: `make bench`. Never part of the tests; every figure stands beside what it is a ratio of, measured in one run."""
