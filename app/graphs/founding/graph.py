"""The founding graph put together. It ends as an event and owns no state of the task."""

from typing import Any, cast

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from app.domain.event import PartsMade, RunFinished
from app.domain.ref import IssueRef
from app.engine.clock import now
from app.graphs.context import Context
from app.graphs.founding.first_issue import part
from app.graphs.founding.nodes.earlier import earlier
from app.graphs.founding.nodes.first_commit import first_commit
from app.graphs.founding.nodes.first_issue import first_issue
from app.graphs.founding.nodes.furnishing import furnishing
from app.graphs.founding.nodes.repository import repository
from app.graphs.founding.state import State, repo_of
from app.graphs.run import Ended, run

Compiled = CompiledStateGraph[State, Context, State, State]


def compile_graph(checkpointer: BaseCheckpointSaver[Any] | None) -> Compiled:
    """repository → earlier → first commit → furnishing → first issue."""
    graph: StateGraph[State, Context, State, State] = StateGraph(State, context_schema=Context)
    graph.add_node("repository", repository)
    graph.add_node("earlier", earlier, destinations=("first_commit", END))
    graph.add_node("first_commit", first_commit)
    graph.add_node("furnishing", furnishing)
    graph.add_node("first_issue", first_issue)
    graph.add_edge(START, "repository")
    graph.add_edge("repository", "earlier")
    graph.add_edge("first_commit", "furnishing")
    graph.add_edge("furnishing", "first_issue")
    graph.add_edge("first_issue", END)
    return graph.compile(checkpointer=checkpointer)


async def run_graph(graph: Compiled, context: Context) -> PartsMade | RunFinished:
    """One run, as the event that it comes to."""
    task = context.task
    ended = await run(graph, context)
    state = cast("State", ended.state)
    if ended.why:
        why = ended.why + _left(ended, state)
        return RunFinished(now(), task.record.round, attempts=(), reason=why)
    made = IssueRef(repo_of(state), state["number"])
    return PartsMade(now(), task.record.round, (part(task, made),))


def _left(ended: Ended, state: State) -> str:
    """What stands already, so that nobody gets a second one without wanting it."""
    if not {"furnishing", "first_issue"} & ended.left:
        return ""
    name = repo_of(state).full_name
    return f" `{name}` was made, and `/retry` goes on with it; delete it if you want another name."
