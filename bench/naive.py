"""The same app with its heavy parts imported at the start, as a stack is that thinks of none."""

import importlib
import sys

HEAVY = (
    "app.graphs.engineering.graph",  # LangGraph
    "langgraph.checkpoint.postgres.aio",
    "app.db.rows",  # SQLAlchemy
    "app.db.migrations.alembic",
    "app.agents.scripted",
    "markdown_it",
    "githubkit.webhooks",
)

if __name__ == "__main__":
    for name in HEAVY:
        importlib.import_module(name)
    from app.cli.main import main

    sys.argv[1:] = ["serve"]
    main()
