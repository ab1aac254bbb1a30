"""GitHub's expression language: read, evaluated, put into text; it runs nothing and reads no files.

Whatever a workflow says is hostile: length, depth and the size of what comes out are capped.
"""

from app.sandbox.actions.expression.evaluate import Scope, Status, evaluate, is_true
from app.sandbox.actions.expression.syntax import parse
from app.sandbox.actions.expression.template import condition, interpolate, resolve, text_of
from app.sandbox.actions.expression.values import ExpressionError, Value, to_text

__all__ = [
    "ExpressionError", "Scope", "Status", "Value", "condition", "evaluate", "interpolate",
    "is_true", "parse", "resolve", "text_of", "to_text",
]  # fmt: skip
