"""GraphQL: what can be read and written, in GitHub's order and with GitHub's errors."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flow.sandbox.conftest import Hub

LOAD = """query Load($number: Int!) {
  viewer { login }
  rateLimit { cost remaining resetAt }
  repository(owner: "acme", name: "web") {
    id databaseId name nameWithOwner url isPrivate isArchived owner { login }
    defaultBranchRef { name target { oid } }
    readme: object(expression: "HEAD:README.md") { ... on Blob { text oid byteSize isBinary } }
    nothing: object(expression: "main:no/such") { ... on Blob { text } }
    tree: object(expression: "HEAD:") { __typename oid }
    ref(qualifiedName: "refs/heads/main") {
      name prefix target { oid ... on Commit { message committedDate } }
    }
    label(name: "BUG") { name color description }
    labels(first: 100, query: "bug") { nodes { id name } totalCount }
    issue(number: $number) {
      id databaseId fullDatabaseId number title body url state stateReason createdAt updatedAt
      lastEditedAt author { login __typename } authorAssociation viewerDidAuthor
      labels(first: 10) { nodes { name } }
      comments(last: 10) {
        totalCount pageInfo { hasPreviousPage }
        nodes {
          id databaseId fullDatabaseId body url createdAt updatedAt author { login __typename }
          viewerDidAuthor authorAssociation reactionGroups { content viewerHasReacted }
        }
      }
      reactionGroups { content viewerHasReacted }
      timelineItems(itemTypes: [LABELED_EVENT], last: 5) {
        nodes { __typename ... on LabeledEvent { actor { login } label { name } createdAt } }
      }
    }
    pullRequests(first: 5, states: [OPEN], headRefName: "feature") { nodes { number } }
  }
}"""
ACT = """mutation Act($issue: ID!, $repo: ID!, $bug: ID!) {
  make: createLabel(input: {repositoryId: $repo, name: "orc:queued", color: "aabbcc"}) {
    label { id name } }
  say: addComment(input: {subjectId: $issue, body: "On it", clientMutationId: "7"}) {
    clientMutationId commentEdge { cursor node { id databaseId author { login } } }
    subject { id } }
  drop: removeLabelsFromLabelable(input: {labelableId: $issue, labelIds: [$bug]}) {
    labelable { labels(first: 9) { nodes { name } } } }
  wave: addReaction(input: {subjectId: $issue, content: EYES}) {
    reaction { content user { login } } subject { id reactionGroups { content viewerHasReacted } }
    reactionGroups { content viewerHasReacted } }
  shut: closeIssue(input: {issueId: $issue, stateReason: NOT_PLANNED}) {
    issue { state stateReason } }
  open: reopenIssue(input: {issueId: $issue}) { issue { state stateReason } }
}"""


def _ids(hub: Hub) -> dict[str, str]:
    repo = hub.sandbox.repository("web")
    return {
        "issue": repo.issues[1].node_id,
        "repo": repo.node_id,
        "bug": repo.labels["bug"].node_id,
    }


def test_one_query_loads_a_task(hub: Hub) -> None:
    comment = hub.sandbox.comment("web", 1, "hello", by="bob")
    data = hub.data(LOAD, number=1)
    repo, issue = data["repository"], data["repository"]["issue"]
    assert data["viewer"] == {"login": "orc[bot]"}
    assert repo["readme"]["text"] == "# web\n"
    assert (repo["nothing"], repo["tree"]["__typename"]) == (None, "Tree")
    assert repo["label"]["name"] == "bug"
    assert issue["author"] == {"login": "ann", "__typename": "User"}
    assert issue["comments"]["nodes"][0]["fullDatabaseId"] == str(comment.id)
    assert issue["timelineItems"]["nodes"][0]["label"] == {"name": "bug"}
    assert len(issue["reactionGroups"]) == 8


def test_mutations_run_in_order_and_once(hub: Hub) -> None:
    data = hub.data(ACT, **_ids(hub))
    assert list(data) == ["make", "say", "drop", "wave", "shut", "open"]
    assert data["say"]["clientMutationId"] == "7"
    assert data["drop"]["labelable"] == {"labels": {"nodes": []}}
    assert data["shut"]["issue"] == {"state": "CLOSED", "stateReason": "NOT_PLANNED"}
    assert data["open"]["issue"] == {"state": "OPEN", "stateReason": "REOPENED"}
    record = hub.sandbox.requests[-1]
    assert (record.operation, record.writes, record.content) == ("Act", True, 1)
    assert record.mutations[:2] == ("createLabel", "addComment")
    kinds = [event.kind for event in hub.sandbox.issue("web", 1).timeline]
    assert kinds == ["labeled", "unlabeled", "closed", "reopened"]


def test_a_bots_name_differs_by_door(hub: Hub) -> None:
    """REST says orc[bot], GraphQL says orc."""
    hub.data(ACT, **_ids(hub))
    comment = hub.data(LOAD, number=1)["repository"]["issue"]["comments"]["nodes"][0]
    assert comment["author"] == {"login": "orc", "__typename": "Bot"}
    assert comment["viewerDidAuthor"] is True
    assert (
        hub.http.get("/repos/acme/web/issues/1/comments").json()[0]["user"]["login"] == "orc[bot]"
    )


def test_one_failure_does_not_stop_the_rest(hub: Hub) -> None:
    document = """mutation Two($id: ID!) {
      bad: addComment(input: {subjectId: "I_nowhere", body: "x"}) { clientMutationId }
      good: addComment(input: {subjectId: $id, body: "y"}) { clientMutationId }
    }"""
    answer = hub.query(document, id=_ids(hub)["issue"])
    assert answer["data"] == {"bad": None, "good": {"clientMutationId": None}}
    error = answer["errors"][0]
    assert (error["type"], error["path"]) == ("NOT_FOUND", ["bad"])
    assert error["message"] == "Could not resolve to a node with the global id of 'I_nowhere'."


def test_edit_a_comment_and_find_it_by_id(hub: Hub) -> None:
    comment = hub.sandbox.comment("web", 1, "old", by="bob")
    hub.data(
        "mutation Edit($id: ID!) { updateIssueComment(input: {id: $id, body: \"new\"}) "
        "{ issueComment { body lastEditedAt } } }",
        id=comment.node_id,
    )  # fmt: skip
    node = hub.data(
        "query Find($id: ID!) { node(id: $id) { __typename id ... on IssueComment { body "
        "issue { number } repository { name } } } }",
        id=comment.node_id,
    )["node"]  # fmt: skip
    assert (node["__typename"], node["body"], node["issue"]["number"]) == ("IssueComment", "new", 1)


def test_a_pull_request_from_open_to_gone(hub: Hub) -> None:
    sha = hub.branch("feature")
    repo = _ids(hub)["repo"]
    made = hub.data(
        """mutation Open($repo: ID!, $sha: GitObjectID!) {
          createPullRequest(input: {repositoryId: $repo, baseRefName: "main",
            headRefName: "feature", title: "T", body: "Closes #1"}) {
            pullRequest { id number state headRefOid mergeable isDraft
              headRef { id } closingIssuesReferences(first: 5) { nodes { number } } } }
          createCheckRun(input: {repositoryId: $repo, headSha: $sha, name: "verdict",
            status: COMPLETED, conclusion: SUCCESS, completedAt: "2026-01-01T00:00:00Z",
            output: {title: "Green", summary: "All passed"}}) {
            checkRun { id databaseId status conclusion } }
        }""",
        repo=repo, sha=sha,
    )  # fmt: skip
    pull = made["createPullRequest"]["pullRequest"]
    assert (pull["state"], pull["headRefOid"], pull["mergeable"]) == ("OPEN", sha, "UNKNOWN")
    assert pull["closingIssuesReferences"] == {"nodes": [{"number": 1}]}
    seen = hub.data(
        """query Look($number: Int!) { repository(owner: "acme", name: "web") {
          pullRequest(number: $number) { mergeable databaseId changedFiles additions }
          ref(qualifiedName: "feature") { target { ... on Commit {
            checkSuites(first: 5) { nodes { conclusion checkRuns(first: 5) {
              nodes { name status conclusion title } } } } } } } } }""",
        number=pull["number"],
    )["repository"]  # fmt: skip
    assert seen["pullRequest"]["mergeable"] == "MERGEABLE"
    run = seen["ref"]["target"]["checkSuites"]["nodes"][0]["checkRuns"]["nodes"][0]
    assert (run["conclusion"], run["title"]) == ("SUCCESS", "Green")
    merged = hub.data(
        """mutation Merge($pull: ID!, $ref: ID!, $sha: GitObjectID!) {
          mergePullRequest(input: {pullRequestId: $pull, expectedHeadOid: $sha,
            mergeMethod: SQUASH}) {
            pullRequest { state merged mergeCommit { oid } mergedBy { login } } }
          deleteRef(input: {refId: $ref}) { clientMutationId }
        }""",
        pull=pull["id"], ref=pull["headRef"]["id"], sha=sha,
    )["mergePullRequest"]["pullRequest"]  # fmt: skip
    assert merged["state"] == "MERGED"
    assert hub.sandbox.branches("web") == {"main": merged["mergeCommit"]["oid"]}
    assert hub.sandbox.issue("web", 1).state == "closed"


@pytest.mark.parametrize(
    ("permissions", "mutation"),
    [
        ({"contents": "write"}, "addComment(input: {subjectId: $id, body: \"x\"})"),
        ({"issues": "read"}, "closeIssue(input: {issueId: $id})"),
        ({"pull_requests": "write"}, "addReaction(input: {subjectId: $id, content: HEART})"),
    ],
    ids=["comment", "close", "react"],
)  # fmt: skip
def test_forbidden(hub: Hub, permissions: dict[str, str], mutation: str) -> None:
    hub.login(permissions=permissions)
    document = f"mutation No($id: ID!) {{ {mutation} {{ clientMutationId }} }}"
    answer = hub.query(document, id=_ids(hub)["issue"])
    error = answer["errors"][0]
    assert error["type"] == "FORBIDDEN"
    assert error["message"] == "Resource not accessible by integration"


def test_what_a_token_does_not_see_is_not_found(hub: Hub) -> None:
    hub.sandbox.create_repository("other")
    hub.login(repositories=["other"])
    answer = hub.query(LOAD, number=1)
    assert answer["data"]["repository"] is None
    assert answer["errors"][0]["type"] == "NOT_FOUND"
    assert "acme/web" in answer["errors"][0]["message"]
    by_id = hub.query("query N($id: ID!) { node(id: $id) { id } }", id=_ids(hub)["issue"])
    assert by_id["errors"][0]["type"] == "NOT_FOUND"


def _issues(hub: Hub, args: str) -> dict[str, Any]:
    found: dict[str, Any] = hub.query(
        f'{{ repository(owner: "acme", name: "web") {{ issues({args}) {{ totalCount '
        "nodes { number } pageInfo { endCursor startCursor hasNextPage hasPreviousPage } } } }"
    )
    return found


def _numbers(answer: dict[str, Any]) -> list[int]:
    return [node["number"] for node in answer["data"]["repository"]["issues"]["nodes"]]


def test_pages_of_issues(hub: Hub) -> None:
    for number in range(2, 6):
        hub.sandbox.open_issue("web", by="ann", title=str(number))
    first = _issues(hub, "first: 2")
    assert _numbers(first) == [1, 2]
    page = first["data"]["repository"]["issues"]["pageInfo"]
    hub.sandbox.close_issue("web", 1, by="ann")
    following = f'first: 2, states: [OPEN], after: "{page["endCursor"]}"'
    assert _numbers(_issues(hub, following)) == [3, 4]
    assert _numbers(_issues(hub, "last: 2")) == [4, 5]
    newest = "first: 2, orderBy: {field: CREATED_AT, direction: DESC}"
    assert _numbers(_issues(hub, newest)) == [5, 4]


@pytest.mark.parametrize(
    ("args", "numbers"),
    [
        ("first: 9, states: [CLOSED]", [3]),
        ('first: 9, labels: ["bug", "question"]', [1, 2, 3]),
        ('first: 9, filterBy: {labels: ["bug", "question"]}', [2]),
        ('first: 9, filterBy: {since: "2999-01-01T00:00:00Z"}', []),
    ],
    ids=["state", "any-label", "all-labels", "since"],
)
def test_filters_of_issues(hub: Hub, args: str, numbers: list[int]) -> None:
    hub.sandbox.open_issue("web", by="ann", title="2", labels=["bug", "question"])
    hub.sandbox.open_issue("web", by="ann", title="3", labels=["question"])
    hub.sandbox.close_issue("web", 3, by="ann")
    assert _numbers(_issues(hub, args)) == numbers


@pytest.mark.parametrize(
    ("args", "kind"),
    [
        ("states: [OPEN]", "MISSING_PAGINATION_BOUNDARIES"),
        ("first: 101", "EXCESSIVE_PAGINATION"),
        ("first: -1", "INVALID_PAGINATION_BOUNDARIES"),
        ('first: 1, after: "nonsense"', "INVALID_CURSOR_ARGUMENTS"),
    ],
    ids=["no-bounds", "too-many", "negative", "bad-cursor"],
)
def test_bounds_of_pages(hub: Hub, args: str, kind: str) -> None:
    assert _issues(hub, args)["errors"][0]["type"] == kind


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"body": ""}, "Body cannot be blank"),
        ({"body": "x" * 65_537}, "Body is too long (maximum is 65536 characters)"),
    ],
    ids=["blank", "too-long"],
)
def test_unprocessable(hub: Hub, given: dict[str, str], message: str) -> None:
    document = """mutation Say($id: ID!, $body: String!) {
      addComment(input: {subjectId: $id, body: $body}) { clientMutationId } }"""
    answer = hub.query(document, id=_ids(hub)["issue"], **given)
    assert answer["errors"][0]["type"] == "UNPROCESSABLE"
    assert answer["errors"][0]["message"] == message


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "A query attribute must be specified"),
        ({"query": 3}, "A query attribute must be specified"),
        ({"query": "{"}, "Syntax Error"),
        ({"query": "{ viewer { login } }", "variables": [1]}, "Variables must be an object"),
        ({"query": "query A { viewer { login } }", "operationName": "B"}, 'No operation named "B"'),
        ({"query": "query A { viewer { login } } query B { viewer { login } }"}, "is required"),
        ({"query": "{ viewer { shoeSize } }"}, "Cannot query field 'shoeSize'"),
        ({"query": "query A($n: Int!) { repository(owner: \"acme\", name: \"web\") "
          "{ issue(number: $n) { id } } }"}, "$n"),
    ],
    ids=["empty", "number", "syntax", "variables", "operation", "ambiguous", "field", "missing"],
)  # fmt: skip
def test_unreadable_requests_are_answered_in_a_200(
    hub: Hub, body: dict[str, Any], words: str
) -> None:
    hub.sandbox.observers.clear()  # the contract would object, rightly
    answer = hub.http.post(hub.sandbox.graphql_url, json=body)
    assert answer.status_code == 200
    assert words in answer.json()["errors"][0]["message"]
    assert "data" not in answer.json()


@pytest.mark.parametrize(
    "field",
    [
        'createCheckRun(input: {repositoryId: $repo, name: "x", headSha: 5})',
        'createCheckRun(input: {repositoryId: $repo, name: "x", headSha: "main"})',
        'createCheckRun(input: {repositoryId: $repo, name: "x", headSha: "SHA", startedAt: 5})',
        'createCheckRun(input: {repositoryId: $repo, name: "x", headSha: "SHA", detailsUrl: "x"})',
    ],
    ids=["oid-number", "oid-branch", "time", "address"],
)
def test_scalars_are_checked(hub: Hub, field: str) -> None:
    document = f"mutation No($repo: ID!) {{ {field.replace('SHA', 'a' * 40)} {{ __typename }} }}"
    answer = hub.query(document, repo=_ids(hub)["repo"])
    assert "data" not in answer
    assert hub.sandbox.check_runs("web") == []


def test_labels_are_added_by_id_and_only_those_of_the_repository(hub: Hub) -> None:
    other = hub.sandbox.create_repository("other")
    add = """mutation Add($issue: ID!, $label: ID!) {
      addLabelsToLabelable(input: {labelableId: $issue, labelIds: [$label]}) {
        labelable { ... on Issue { labels(first: 9) { nodes { name } } } } } }"""
    issue = _ids(hub)["issue"]
    mine = hub.sandbox.repository("web").labels["question"].node_id
    data = hub.data(add, issue=issue, label=mine)["addLabelsToLabelable"]["labelable"]
    assert [node["name"] for node in data["labels"]["nodes"]] == ["bug", "question"]
    for wrong in (other.labels["bug"].node_id, issue):
        answer = hub.query(add, issue=issue, label=wrong)
        assert answer["errors"][0]["type"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("kind", "permission"), [("issue", "contents"), ("bug", "contents")], ids=["issue", "label"]
)
def test_looking_by_id_needs_the_permission_too(hub: Hub, kind: str, permission: str) -> None:
    hub.login(permissions={permission: "read"})
    answer = hub.query("query N($id: ID!) { node(id: $id) { id } }", id=_ids(hub)[kind])
    assert answer["errors"][0]["type"] == "FORBIDDEN"


def test_issue_or_pull_request(hub: Hub) -> None:
    hub.branch("feature")
    hub.sandbox.open_pull_request("web", by="ann", title="T", head="feature")
    document = """query Either($n: Int!) { repository(owner: "acme", name: "web") {
      issueOrPullRequest(number: $n) { __typename } } }"""
    kinds = [hub.data(document, n=n)["repository"]["issueOrPullRequest"] for n in (1, 2)]
    assert kinds == [{"__typename": "Issue"}, {"__typename": "PullRequest"}]
    missing = hub.query(document, n=3)
    assert missing["errors"][0]["type"] == "NOT_FOUND"
