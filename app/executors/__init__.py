"""Where runs happen. Executors know no agents."""
