"""The transition table, a file for each part of a task's life. Rules are data and do nothing."""
