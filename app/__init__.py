"""The orchestrator: a GitHub App whose task queue and state store are GitHub itself."""
