"""The servers that the door is measured against, each in a process of its own."""
