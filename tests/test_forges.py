"""Posts on forges: one for each request, kept up to date, through all that a server may answer."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from forge_server import GITHUB, GITLAB, Fault, serving

from vetline import forges
from vetline.forges import LABEL, ForgeError, Given, Post, Remote, Target
from vetline.forges.api import Api

ONE, TWO = "0123456789ab", "ba9876543210"
OPEN = Post(ONE, "Review wanted", "somebody has to look", open=True)
YES = OPEN._replace(text="it is fine", open=False, accepted=True)
NO = OPEN._replace(text="it is not", open=False)
ENVIRON = {
    "github": {
        "GITHUB_TOKEN": GITHUB,
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_REF": "refs/pull/7/merge",
    },
    "gitlab": {"GITLAB_TOKEN": GITLAB, "CI_PROJECT_ID": "42", "CI_MERGE_REQUEST_IID": "7"},
}
BOTH = pytest.mark.parametrize("name", forges.NAMES)


@pytest.fixture
def server():
    with serving() as state:
        yield state


class Person:
    """Who publishes, and how long they were made to wait."""

    def __init__(self, server, name, *, issues=False, **environ):
        self.forge = forges.named(name)
        path = "/api/v3" if name == "github" else "/api/v4"
        environ = ENVIRON[name] | environ
        given = Given(url=server.url + path, issues=issues)
        self.target = self.forge.target(given, Remote(), environ)
        self.waited = []

    def publish(self, *posts):
        told = {}
        with Api(
            self.forge.TITLE,
            self.forge.NEEDS,
            self.target,
            {},
            pause=self.waited.append,
            clock=lambda: 1000.0,
        ) as api:
            told |= dict(forges.publish(self.forge, api, self.target, posts))
        return told


def state(server):
    return [one["state"] for one in server.issues]


@BOTH
def test_a_request_has_one_comment_whatever_happens_to_it(server, name):
    ana = Person(server, name)
    assert ana.publish(OPEN) == {ONE: "posted"}
    (comment,) = server.comments
    assert comment["body"] == f"<!-- vetline:review {ONE} -->\nsomebody has to look"
    assert server.on_request == {LABEL}
    server.asked.clear()
    assert ana.publish(OPEN) == {ONE: "is up to date"}
    assert not [one for one in server.sent if "comments" in one[1] or "notes" in one[1]]
    assert ana.publish(YES, OPEN._replace(id=TWO)) == {ONE: "updated", TWO: "posted"}
    assert len(server.comments) == 2
    assert server.comments[0]["body"].endswith("it is fine")
    assert server.on_request == {LABEL}
    ana.publish(YES, NO._replace(id=TWO))
    ana.publish(YES, NO._replace(id=TWO))
    assert server.on_request == set()
    assert ana.waited == []


@BOTH
def test_a_request_has_one_issue_that_closes_with_it(server, name):
    ana = Person(server, name, issues=True)
    opened, reasons = (
        ("open", ["completed", "not_planned"]) if name == "github" else ("opened", [None, None])
    )
    assert ana.publish(OPEN, OPEN._replace(id=TWO)) == {ONE: "posted", TWO: "posted"}
    assert state(server) == [opened] * 2
    assert ana.publish(OPEN, OPEN._replace(id=TWO)) == {ONE: "is up to date", TWO: "is up to date"}
    assert ana.publish(YES, NO._replace(id=TWO)) == {ONE: "updated", TWO: "updated"}
    assert state(server) == ["closed", "closed"]
    assert [one.get("state_reason") for one in server.issues] == reasons
    ana.publish(OPEN._replace(title="Review wanted again"))
    assert (state(server)[0], server.issues[0]["title"]) == (opened, "Review wanted again")
    assert not server.comments


@BOTH
def test_what_was_decided_before_anybody_saw_it_is_not_posted(server, name):
    ana = Person(server, name)
    assert ana.publish(YES._replace(wanted=False)) == {}
    assert not server.comments
    assert Person(server, name, issues=True).publish(YES) == {ONE: "posted"}
    assert state(server) == ["closed"]


@BOTH
def test_nobody_elses_comment_is_taken_for_ours(server, name):
    server.says(OPEN.body, by="mallory")
    server.says(f"see\n<!-- vetline:review {ONE} -->", by="ana")
    assert Person(server, name).publish(OPEN) == {ONE: "posted"}
    assert server.comments[0]["body"] == OPEN.body
    assert len(server.comments) == 3


def test_in_actions_the_token_has_no_account_and_programs_count_as_ours(server):
    server.account = ""
    actions = Person(server, "github")
    server.says(OPEN.body, by="mallory")
    assert actions.publish(OPEN) == {ONE: "posted"}
    assert actions.publish(YES) == {ONE: "updated"}
    assert [one["body"] for one in server.comments] == [OPEN.body, YES.body]


@BOTH
def test_all_pages_are_read(server, name):
    server.page = 3
    for number in range(10):
        server.says(f"comment {number}", by="bob")
    ana = Person(server, name)
    ana.publish(OPEN)
    assert ana.publish(YES) == {ONE: "updated"}
    assert len(server.comments) == 11


@BOTH
def test_line_ends_of_the_web_page_are_no_difference(server, name):
    ana = Person(server, name)
    ana.publish(OPEN)
    server.comments[0]["body"] = OPEN.body.replace("\n", "\r\n") + "\r\n"
    assert ana.publish(OPEN) == {ONE: "is up to date"}


@BOTH
@pytest.mark.parametrize(
    ("status", "headers", "waits"),
    [
        (429, {"Retry-After": "7"}, [7.0]),
        (429, {}, [1.0]),
        (429, {"RateLimit-Reset": "1030", "X-RateLimit-Reset": "1030"}, [30.0]),
        (503, {}, [1.0]),
        (502, {"Retry-After": "3"}, [3.0]),
        (0, {}, [1.0]),
    ],
)
def test_what_helps_to_be_asked_again_is_asked_again(server, name, status, headers, waits):
    ana = Person(server, name)
    reading = "/comments" if name == "github" else "/notes"
    server.faults.append(Fault("GET", reading, status, headers, {"message": "slow down"}))
    assert ana.publish(OPEN) == {ONE: "posted"}
    assert ana.waited == waits


def test_githubs_403_for_too_many_requests_is_waited_for(server):
    ana = Person(server, "github")
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1012"}
    server.faults.append(
        Fault("POST", "/comments", 403, spent, {"message": "API rate limit exceeded"})
    )
    second = {"Retry-After": "5"}
    server.faults.append(
        Fault("POST", "/comments", 403, second, {"message": "secondary rate limit"})
    )
    assert ana.publish(OPEN) == {ONE: "posted"}
    assert ana.waited == [12.0, 5.0]
    assert len(server.comments) == 1


@BOTH
@pytest.mark.parametrize("status", [0, 502])
@pytest.mark.parametrize("issues", [False, True])
def test_a_post_whose_answer_is_lost_is_not_posted_twice(server, name, status, issues):
    ana = Person(server, name, issues=issues)
    path = "/issues" if issues else "/comments" if name == "github" else "/notes"
    server.faults.append(Fault("POST", path, status, after=True))
    assert ana.publish(OPEN) == {ONE: "posted"}
    assert len(server.issues if issues else server.comments) == 1
    server.faults.append(Fault("POST", path, status))
    assert ana.publish(OPEN._replace(id=TWO)) == {TWO: "posted"}
    assert len(server.issues if issues else server.comments) == 2


@BOTH
@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (401, {"message": "Bad credentials"}, r"does not take the token in G\w+_TOKEN \(401\): it needs"),
        (403, {"message": "no"}, r"forbids that to the token in G\w+_TOKEN \(403\): it needs"),
        (404, {"message": "Not Found"}, r"has no such repository or request.*see --repository and --number"),
        (410, {"message": "Issues are disabled for this repo"}, "answered 410: Issues are disabled"),
        (422, {"message": "Validation Failed", "errors": [{"field": "body", "code": "too_long"}]},
         r"does not take what was sent \(422\): Validation Failed body too_long$"),
        (400, {"message": {"labels": ["x"]}, "error": "title is missing"}, "answered 400: title is missing"),
        (301, {"message": "Moved Permanently"}, r"redirects \(301\): .*--repository"),
        (500, None, r"failed \(500\): try again later"),
    ],
)  # fmt: skip
def test_a_refusal_is_one_line_that_says_what_to_do(server, name, status, body, says):
    ana = Person(server, name)
    server.faults += [Fault("", "/", status, {}, body)] * 9
    with pytest.raises(ForgeError, match=says) as raised:
        ana.publish(OPEN)
    assert "\n" not in str(raised.value)
    assert sum(ana.waited) <= 30


@BOTH
def test_no_token_is_ever_told(server, name):
    secret = {"github": GITHUB, "gitlab": GITLAB}[name]
    server.faults.append(Fault("GET", "/user", 422, {}, {"message": f"what is {secret}?"}))
    with pytest.raises(ForgeError, match=r"what is \*{8}\?") as raised:
        Person(server, name).publish(OPEN)
    assert secret not in str(raised.value)
    with pytest.raises(ForgeError, match="holds no token") as raised:
        Person(server, name, **{raised_name(name): f"{secret}\n{secret}"})
    assert secret not in str(raised.value)


def raised_name(name):
    return "GITHUB_TOKEN" if name == "github" else "GITLAB_TOKEN"


@BOTH
@pytest.mark.parametrize(
    "link", ["http://127.0.0.1:1/steal", "https://example.com/x", "//example.com/x"]
)
def test_a_token_follows_no_next_page_to_another_server(server, name, link):
    reading = "/comments" if name == "github" else "/notes"
    server.faults.append(Fault("GET", reading, 200, {"Link": f'<{link}>; rel="next"'}, []))
    with pytest.raises(ForgeError, match="another server"):
        Person(server, name).publish(OPEN)


@BOTH
@pytest.mark.parametrize("body", [{"a": 1}, "x", None, 7])
def test_what_is_no_list_is_said(server, name, body):
    reading = "/comments" if name == "github" else "/notes"
    server.faults.append(Fault("GET", reading, 200, {}, body))
    with pytest.raises(ForgeError, match="did not answer with a list"):
        Person(server, name).publish(OPEN)


@BOTH
def test_a_list_without_an_end_ends(server, name):
    reading = "/comments" if name == "github" else "/notes"
    again = {"Link": f'<{server.url}/api/v{3 if name == "github" else 4}{reading}>; rel="next"'}
    server.faults += [Fault("GET", reading, 200, again, [])] * 101
    with pytest.raises(ForgeError, match="over 10,000 entries"):
        Person(server, name).publish(OPEN)


@BOTH
def test_too_long_a_wait_is_said_and_not_waited(server, name):
    ana = Person(server, name)
    server.faults.append(Fault("GET", "/user", 429, {"Retry-After": "3600"}))
    with pytest.raises(ForgeError, match="wait for 3600 s: try again then"):
        ana.publish(OPEN)
    assert ana.waited == []


@BOTH
def test_a_server_that_is_not_there_is_said(server, name):
    ana = Person(server, name)
    ana.target = replace(ana.target, url="http://127.0.0.1:1")
    with pytest.raises(ForgeError, match="could not be reached"):
        ana.publish(OPEN)
    assert ana.waited == [1.0, 2.0, 4.0]


# -- where to


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://github.com/acme/shop.git", ("github.com", "acme/shop")),
        ("https://ana:secret@GitHub.com/acme/shop", ("github.com", "acme/shop")),
        ("git@github.com:acme/shop.git", ("github.com", "acme/shop")),
        (
            "ssh://git@gitlab.example.com:2222/acme/team/shop.git",
            ("gitlab.example.com", "acme/team/shop"),
        ),
        ("gitlab.com:acme/shop", ("gitlab.com", "acme/shop")),
        ("/srv/git/shop.git", ("", "")),
        ("file:///srv/git/shop.git", ("", "")),
        ("../shop", ("", "")),
        ("https://[bad/acme", ("", "")),
        ("ext::sh -c whoami", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_remote_is_read_without_its_login(address, expected):
    assert forges.remote_of(address) == expected


def test_github_is_found_as_actions_tells_it(tmp_path):
    github, event = forges.named("github"), tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 12}}))
    base = {"GITHUB_TOKEN": GITHUB, "GITHUB_REPOSITORY": "acme/shop"}
    told = github.target(
        Given(), Remote(), base | {"GITHUB_EVENT_PATH": str(event), "GITHUB_REF": "refs/heads/main"}
    )
    assert (told.url, told.project, told.number) == ("https://api.github.com", "acme/shop", 12)
    told = github.target(Given(), Remote(), base | {"GITHUB_REF": "refs/pull/3/merge"})
    assert told.number == 3
    event.write_text("[1]")
    assert github.target(Given(), Remote(), base | {"GITHUB_EVENT_PATH": str(event)}).number == 0
    own = base | {"GITHUB_API_URL": "https://git.example.com/api/v3/"}
    assert github.target(Given(), Remote(), own).url == "https://git.example.com/api/v3"
    assert (
        github.target(Given("https://git.example.com"), Remote(), base).url
        == "https://git.example.com/api/v3"
    )
    assert github.target(Given(number=5), Remote(), own).number == 5
    assert github.target(Given(number=5, issues=True), Remote(), own).number == 0
    there = github.target(Given(), Remote("github.com", "a/b"), {"GH_TOKEN": GITHUB})
    assert (there.project, there.source) == ("a/b", "GH_TOKEN")


def test_gitlab_is_found_as_its_ci_tells_it():
    gitlab = forges.named("gitlab")
    base = {
        "CI_JOB_TOKEN": GITLAB,
        "CI_API_V4_URL": "https://git.example.com/api/v4",
        "CI_PROJECT_ID": "9",
    }
    told = gitlab.target(
        Given(), Remote(), base | {"CI_MERGE_REQUEST_PROJECT_ID": "42", "CI_MERGE_REQUEST_IID": "7"}
    )
    assert (told.url, told.project, told.number) == ("https://git.example.com/api/v4", "42", 7)
    assert told.headers == {"job-token": GITLAB}
    told = gitlab.target(
        Given("https://x.example"), Remote("x.example", "a/b/c"), {"GITLAB_TOKEN": GITLAB}
    )
    assert (told.url, told.project, told.number) == ("https://x.example/api/v4", "a/b/c", 0)
    assert told.headers == {"private-token": GITLAB}


@BOTH
@pytest.mark.parametrize(
    ("given", "remote", "says"),
    [
        (Given(), Remote(), "which repository is not known"),
        (Given(repository="a b/c"), Remote(), "which repository is not known"),
        (Given(repository="a//b"), Remote(), "which repository is not known"),
        (Given(), Remote("git.example.com", "a/b"), r"say --url https://git\.example\.com/api/v"),
        (Given("ftp://x/y", "a/b"), Remote(), "must be like https://HOST/PATH"),
        (Given("https://me:pw@x/y", "a/b"), Remote(), "without a login"),
        (Given("https://[x", "a/b"), Remote(), "must be like"),
    ],
)
def test_where_to_post_is_not_guessed(name, given, remote, says):
    environ = {"GITHUB_TOKEN": GITHUB, "GITLAB_TOKEN": GITLAB}
    with pytest.raises(ForgeError, match=says):
        forges.named(name).target(given, remote, environ)


@BOTH
def test_a_token_goes_nowhere_without_encryption_unless_a_person_says_so(name):
    environ = ENVIRON[name] | {
        "GITHUB_API_URL": "http://git.example.com/api",
        "CI_API_V4_URL": "http://git.example.com/api/v4",
    }
    forge = forges.named(name)
    with pytest.raises(ForgeError, match="without encryption"):
        forge.target(Given(), Remote(), environ)
    assert forge.target(Given("http://git.example.com/api/v4"), Remote(), environ).url.startswith(
        "http://git.example"
    )


@BOTH
def test_without_a_token_it_is_said_which_one(name):
    with pytest.raises(ForgeError, match=r"there is no token: set G\w+_TOKEN or"):
        forges.named(name).target(Given(repository="a/b"), Remote(), {})


def test_a_slow_drip_comes_to_an_end(server, monkeypatch):
    clock = iter(range(0, 10_000, 40))
    ana = Person(server, "github")
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    with pytest.raises(ForgeError, match="did not answer in time"):
        ana.publish(OPEN)


def test_a_target_does_not_show_its_token():
    target = Target("https://x", "a/b", 1, {}, GITHUB, "GITHUB_TOKEN")
    assert GITHUB not in repr(target)


@pytest.mark.parametrize("name", ["../x", "a/..", "a/.", "a/b/c", "/a", "a/b?x=1", "a/b#"])
def test_no_name_of_a_repository_leads_elsewhere(name):
    with pytest.raises(ForgeError, match="which repository"):
        forges.named("github").target(Given(repository=name), Remote(), {"GH_TOKEN": GITHUB})
    assert forges.named("github").target(
        Given(repository="a/.github"), Remote(), {"GH_TOKEN": GITHUB}
    )
