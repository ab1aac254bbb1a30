"""What the rules of a topic ask of a task, and change in its record. It chooses no stage."""
