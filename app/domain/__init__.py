"""Stages, events, effects and the rules between them: pure values, no I/O, no clock, no async."""
