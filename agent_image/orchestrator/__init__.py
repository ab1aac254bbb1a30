"""The command by which an agent speaks to the system: it asks, and the gateway alone decides."""
