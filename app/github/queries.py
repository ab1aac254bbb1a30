"""The GraphQL documents, each shaped to answer everything its moment needs in one request."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.ref import IssueRef
from app.domain.stage import ACTIVE, DESCRIPTIONS, Stage

_FEW, _MORE = 10, 100  # comments of a part: the status comment is nearly always the first
_TRIGGER = ("0366d6", "Asks the orchestrator to work on this issue")
_OF_BRANCH = """
fragment OfBranch on Repository {
  pullRequests(headRefName: $branch, first: 20, orderBy: {field: CREATED_AT, direction: DESC}) {
    nodes {
      number state headRefOid viewerDidAuthor mergeable mergeCommit { oid } reviewDecision
      latestOpinionatedReviews(first: 50, writersOnly: true) {
        nodes { state commit { oid } author { login __typename } }
      }
      headRef { target { ... on Commit {
        checkSuites(first: 50) { nodes { conclusion } }
      } } }
    }
  }
}
"""
TASK = (
    """
query Task(
  $owner: String!, $name: String!, $number: Int!, $branch: String!, $trigger: String!,
  $after: String
) {
  repository(owner: $owner, name: $name) {
    id
    defaultBranchRef { name }
    labels(first: 50, query: "orc:") { nodes { id name } }
    trigger: label(name: $trigger) { id }
    issue(number: $number) {
      id title body state createdAt lastEditedAt
      author { login }
      editor { login }
      renamed: timelineItems(last: 1, itemTypes: [RENAMED_TITLE_EVENT]) {
        nodes { ... on RenamedTitleEvent { actor { login } createdAt } }
      }
      labels(first: 100) { nodes { id name } }
      comments(first: 100, after: $after) {
        nodes {
          id fullDatabaseId body viewerDidAuthor createdAt lastEditedAt
          author { login __typename }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
    ...OfBranch
  }
}
"""
    + _OF_BRANCH
)
# What a later round needs besides: its branch is known only when the record has been read.
PULLS = (
    """
query Pulls($owner: String!, $name: String!, $branch: String!) {
  repository(owner: $owner, name: $name) { ...OfBranch }
}
"""
    + _OF_BRANCH
)

CONFIG = """
query Config($owner: String!, $name: String!, $path: String!) {
  repository(owner: $owner, name: $name) {
    object(expression: $path) { ... on Blob { text } }
  }
}
"""

TRACKED = """
query Tracked($owner: String!, $name: String!, $label: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    issues(first: 100, after: $after, labels: [$label], states: [OPEN, CLOSED]) {
      nodes { number }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""

# One request for a repository: the tasks under each active label, whatever their age, and what
# moved lately, with the comments and labellings in which a request may hide.
SURVEY = """
query Survey($owner: String!, $name: String!, $since: DateTime!, $after: String) {
  repository(owner: $owner, name: $name) {
    project: object(expression: "HEAD:.github/orchestrator.yml") { ... on Blob { text } }
    organization: object(expression: "HEAD:orchestrator.yml") { ... on Blob { text } }
    recent: issues(first: 100, after: $after, filterBy: {since: $since}) {
      nodes {
        number state body lastEditedAt
        author { login __typename }
        labels(first: 100) { nodes { name } }
        comments(last: 30) {
          nodes {
            fullDatabaseId body createdAt lastEditedAt viewerDidAuthor
            author { login __typename }
            reactionGroups { viewerHasReacted }
          }
        }
        timelineItems(last: 30, itemTypes: [LABELED_EVENT]) {
          nodes { ... on LabeledEvent { actor { login } createdAt label { name } } }
        }
        reopened: timelineItems(last: 1, itemTypes: [REOPENED_EVENT]) {
          nodes { ... on ReopenedEvent { actor { login } createdAt } }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
    pulls: pullRequests(
      first: 100, states: [OPEN], orderBy: {field: UPDATED_AT, direction: DESC}
    ) {
      nodes {
        headRefName isCrossRepository
        reviews(last: 20, states: [CHANGES_REQUESTED, COMMENTED]) {
          nodes { submittedAt author { login __typename } }
        }
      }
    }
    STAGES
  }
}
""".replace(
    "STAGES",
    "\n    ".join(
        f'{stage.name.lower()}: issues(first: 100, labels: ["{stage}"], states: [OPEN, CLOSED]) '
        "{ nodes { number } pageInfo { hasNextPage endCursor } }"
        for stage in sorted(ACTIVE)
    ),
)


def create_labels(stages: Sequence[Stage], trigger: str | None) -> tuple[str, dict[str, str]]:
    """A mutation that makes the labels of `stages` in a repository, and its variables.

    The one that asks for work comes last, if it is wanted too: the others count without it.
    """
    labels = {stage.value: DESCRIPTIONS[stage] for stage in stages}
    if trigger is not None:
        labels.setdefault(trigger, _TRIGGER)
    fields: list[str] = []
    variables: dict[str, str] = {}
    declared = ["$repository: ID!"]
    for i, (name, (color, description)) in enumerate(labels.items()):
        variables |= {f"name{i}": name, f"color{i}": color, f"text{i}": description}
        declared += [f"$name{i}: String!", f"$color{i}: String!", f"$text{i}: String!"]
        fields.append(
            f"label{i}: createLabel(input: {{repositoryId: $repository, name: $name{i}, "
            f"color: $color{i}, description: $text{i}}}) {{ label {{ id name }} }}"
        )
    return f"mutation CreateLabels({', '.join(declared)}) {{ {' '.join(fields)} }}", variables


def parts(issues: Sequence[tuple[IssueRef, str | None]]) -> tuple[str, dict[str, object]]:
    """A query for comments of issues in any repository, each from a cursor on: the first ones few,
    since among them their records stand."""
    fields: list[str] = []
    declared: list[str] = []
    variables: dict[str, object] = {}
    for i, (issue, after) in enumerate(issues):
        owner, name, number, cursor = f"owner{i}", f"name{i}", f"number{i}", f"after{i}"
        variables |= {owner: issue.repo.owner, name: issue.repo.name, number: issue.number}
        variables[cursor] = after
        declared += [f"${owner}: String!", f"${name}: String!", f"${number}: Int!"]
        declared.append(f"${cursor}: String")
        fields.append(
            f"part{i}: repository(owner: ${owner}, name: ${name}) {{ issue(number: ${number}) "
            f"{{ comments(first: {_MORE if after else _FEW}, after: ${cursor}) "
            "{ pageInfo { hasNextPage endCursor } nodes { body viewerDidAuthor } } } }"
        )
    return f"query Parts({', '.join(declared)}) {{ {' '.join(fields)} }}", variables


@dataclass(frozen=True, slots=True)
class Change:
    """What a Show has to write: node ids, and the status comment's text."""

    issue: str
    add: str | None
    remove: tuple[str, ...]
    comment: str | None
    body: str
    is_open: bool | None


def show(change: Change) -> tuple[str, dict[str, object]]:
    """One mutation for everything. The record goes first: labels only show what it says."""
    variables: dict[str, object] = {"issue": change.issue, "body": change.body}
    declared, fields = ["$issue: ID!", "$body: String!"], []
    if change.is_open is True:
        fields.append("reopen: reopenIssue(input: {issueId: $issue}) { clientMutationId }")
    if change.comment is None:
        fields.append(
            "comment: addComment(input: {subjectId: $issue, body: $body}) "
            "{ commentEdge { node { id } } }"
        )
    else:
        variables["comment"] = change.comment
        declared.append("$comment: ID!")
        fields.append(
            "comment: updateIssueComment(input: {id: $comment, body: $body}) "
            "{ issueComment { id } }"
        )
    if change.add is not None:
        variables["add"] = [change.add]
        declared.append("$add: [ID!]!")
        fields.append(
            "add: addLabelsToLabelable(input: {labelableId: $issue, labelIds: $add}) "
            "{ clientMutationId }"
        )
    if change.remove:
        variables["remove"] = list(change.remove)
        declared.append("$remove: [ID!]!")
        fields.append(
            "remove: removeLabelsFromLabelable(input: {labelableId: $issue, labelIds: $remove}) "
            "{ clientMutationId }"
        )
    if change.is_open is False:
        fields.append(
            "close: closeIssue(input: {issueId: $issue, stateReason: COMPLETED}) "
            "{ clientMutationId }"
        )
    if "$issue" not in " ".join(fields):  # GraphQL refuses a variable that is not used
        declared.remove("$issue: ID!")
        del variables["issue"]
    return f"mutation Show({', '.join(declared)}) {{ {' '.join(fields)} }}", variables
