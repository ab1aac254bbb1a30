"""Tests of the intake graph, with its ports in memory."""
