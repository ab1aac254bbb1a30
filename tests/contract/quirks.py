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
# Of the events that an App may hear, the description of webhooks lists the older ones only.
EVENTS = {"content_reference": ("issue_dependencies", "sub_issues")}

# Component → fields that are null in answers although the description has no null for them.
NULLABLE: dict[str, tuple[str, ...]] = {
    # Of an outdated comment; the webhooks' description and `review-comment` say so.
    "pull-request-review-comment": ("line", "position"),
    "review-comment": ("line",),
}


def relaxed(document: dict[str, Any]) -> dict[str, Any]:
    """The description with those nulls allowed; what was given stays as it is."""
    components = document["components"]
    schemas = dict(components["schemas"])
    for name, fields in NULLABLE.items():
        properties = dict(schemas[name]["properties"])
        for field in fields:
            properties[field] = properties[field] | {"nullable": True}
        schemas[name] = schemas[name] | {"properties": properties}
    return document | {"components": components | {"schemas": schemas}}
