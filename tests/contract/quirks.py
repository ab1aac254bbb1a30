"""Where GitHub's description contradicts what GitHub does; every entry says what is wrong."""

from __future__ import annotations

from typing import Any

# "METHOD /path status" → the schema to use instead.
ANSWERS: dict[str, Any] = {
    # Written out in place, it wants an account to be a user *and* an enterprise; the component
    # that the other operations name says *or*.
    "GET /app/installations 200": {
        "type": "array",
        "items": {"$ref": "#/components/schemas/installation"},
    },
}
