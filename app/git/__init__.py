"""The repositories' code on the host's side. Nothing an agent wrote is executed or trusted here."""
