"""LangGraph graphs, a folder each. A graph never owns task state: it ends as an event."""
