"""The intake graph put together. It ends as an event and owns no state of the task."""

from dataclasses import replace
from typing import Any, cast

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from app.domain.event import IntakeFinished
from app.domain.task import Task
from app.engine.clock import now
from app.graphs.context import Context
from app.graphs.intake.nodes.analyst import analyst
from app.graphs.intake.nodes.listener import listener
from app.graphs.intake.nodes.product_owner import product_owner
from app.graphs.intake.state import State, spec_of
from app.graphs.run import run
from app.graphs.state import usage_of

Compiled = CompiledStateGraph[State, Context, State, State]


def compile_graph(checkpointer: BaseCheckpointSaver[Any] | None) -> Compiled:
    """listener → product owner → analyst."""
    graph: StateGraph[State, Context, State, State] = StateGraph(State, context_schema=Context)
    graph.add_node("listener", listener)
    graph.add_node("product_owner", product_owner, destinations=("analyst", END))
    graph.add_node("analyst", analyst)
    graph.add_edge(START, "listener")
    graph.add_edge("listener", "product_owner")
    graph.add_edge("analyst", END)
    return graph.compile(checkpointer=checkpointer)


async def run_graph(graph: Compiled, context: Context) -> IntakeFinished:
    """One run, as the event that it comes to."""
    ended = await run(graph, context)
    finished = _finished(context.task, cast("State", ended.state))
    if ended.why:
        return replace(finished, reason=ended.why, spec=None, question="", answer="")
    return finished


def _finished(task: Task, state: State) -> IntakeFinished:
    return IntakeFinished(
        now(),
        task.record.round,
        task.request_digest,
        spec=spec_of(state),
        question=state.get("question", ""),
        answer=state.get("answer", ""),
        reason=state.get("reason", ""),
        usage=usage_of(state),
        over_budget=state.get("over_budget", False),
        heard=state.get("heard", 0),
    )
