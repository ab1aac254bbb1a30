"""Sends queued notifications. Whoever has one to send puts it into the outbox."""
