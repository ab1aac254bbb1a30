"""Runs one job on this machine: processes, files of a step, logs. It knows no webhooks."""
