"""Measures the door against its peers, and what a start and an outbound call cost."""
