"""All that a run may reach: models, commands, and the hosts it was allowed. It starts no run."""
