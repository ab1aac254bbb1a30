"""An Actions subset that really runs workflows, for tests and the demo, as the current user.

It isolates nothing: whatever a workflow says is done on this machine with the rights of whoever
started the sandbox. What it does not know is an error in the run's log, never passed over.
"""
