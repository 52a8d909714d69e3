"""Declarative files: what they are taken for, how they are read, and what their rules promise."""

from __future__ import annotations

import subprocess
import sys

import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from vetline_analyzers import configuration, engine, languages
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.text import Snapshot, apply
from vetline_analyzers.syntax import tree
from vetline_analyzers.syntax.document import (
    dockerfile,
    kind,
    literal,
    shell,
    terraform,
    workflow,
    yaml,
)

RULES = configuration.rules()
KINDS = {"dockerfile", "workflow", "action", "compose", "kubernetes", "terraform"}
POD = "apiVersion: v1\nkind: Pod\nspec:\n"


def snapshot(text, language="yaml", path="x.yaml"):
    return Snapshot("file:///x", language, 1, text, path)


def examine(text, language="yaml", path="x.yaml"):
    return engine.examine(snapshot(text, language, path), Facts(), [configuration.ANALYZER])


def ids(text, language="yaml", path="x.yaml"):
    """The rules that find something, whoever is to see it."""
    return [f.rule for f in examine(text, language, path).findings]


def root(text):
    (found,) = yaml.read(text).documents
    return found


def tf(text):
    return terraform.read(tree.parse(snapshot(text, "terraform", "main.tf"), {}))


# -- what every rule of this kind promises, besides what `test_rules.py` asks of all


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
class TestRule:
    def test_examples_are_of_its_kind_and_parse(self, rule):
        assert set(rule.kinds) <= KINDS
        for text in (*rule.bad, *rule.good):
            reading = kind.read(snapshot(text, rule.language, rule.path), {})
            assert not reading.missing, text
            if "{{ .Values" not in text and "kind: Example" not in text:
                assert {each.kind for each in reading.documents} <= set(rule.kinds), text

    def test_a_fix_leaves_a_document_of_the_same_kind_and_brings_nothing_new(self, rule):
        for text in rule.bad:
            before = examine(*self.of(rule, text)).findings
            for finding in before:
                if finding.rule != rule.id or finding.fix is None:
                    continue
                mended = apply(text, finding.fix.edits)
                reading = kind.read(snapshot(mended, rule.language, rule.path), {})
                assert not reading.missing, mended
                after = ids(*self.of(rule, mended))
                assert len(after) == len(before) - 1, mended

    @staticmethod
    def of(rule, text):
        return text, rule.language, rule.path


def test_a_secret_is_marked_and_never_in_the_message():
    told = 0
    for rule in RULES:
        for text in rule.bad:
            for finding in examine(text, rule.language, rule.path).findings:
                if finding.secret:
                    told += 1
                    value = text[slice(*finding.span)]
                    assert value.strip("\"'") == value != ""
                    assert value not in finding.message
                    assert finding.fix is None
    assert told >= 10


# -- which file is what


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("Dockerfile", "dockerfile"),
        ("a/Containerfile", "dockerfile"),
        ("Dockerfile.prod", "dockerfile"),
        ("api.Dockerfile", "dockerfile"),
        ("dockerfile.py", "python"),
        ("dockerfiles/readme", "text"),
        ("a.dockerfile.d/x", "text"),
        ("main.tf", "terraform"),
        ("main.tofu", "terraform"),
        (".github/workflows/ci.yml", "yaml"),
        ("x.YAML", "yaml"),
        ("x.yml.bak", "text"),
    ],
)
def test_a_file_is_known_by_its_suffix_or_name(path, language):
    assert languages.of_path(path).name == language


def test_editors_names_for_them():
    for name in ("github-actions-workflow", "dockercompose", "yaml"):
        assert languages.named(name).name == "yaml"
    assert languages.named("terraform").name == languages.named("opentofu").name == "terraform"
    assert languages.named("dockerfile").name == "dockerfile"


WORKFLOW = "on: push\njobs:\n  a:\n    steps: []\n"


@pytest.mark.parametrize(
    ("path", "text", "kinds"),
    [
        (".github/workflows/ci.yml", "on: push\n", ["workflow"]),
        ("sub/.forgejo/workflows/ci.yaml", WORKFLOW, ["workflow"]),
        ("templates/ci.yml", WORKFLOW, ["workflow"]),
        ("ci.yml", "jobs:\n  a: {}\n", []),
        ("action.yml", "runs:\n  using: composite\n", ["action"]),
        ("action.yml", "action: x\n", []),
        ("compose.yaml", "services:\n  a:\n    image: x\n", ["compose"]),
        ("config/services.yaml", "services:\n  App\\Mailer:\n    class: x\n", []),
        ("k.yaml", "apiVersion: v1\nkind: Pod\n---\n# nothing\n---\nkind: X\n", ["kubernetes"]),
        (
            "k.yaml",
            "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n",
            ["kubernetes"],
        ),
        ("k.yaml", '{"apiVersion": "v1", "kind": "Pod"}\n', ["kubernetes"]),
        ("openapi.yaml", "openapi: 3.0.0\npaths: {}\n", []),
        ("x.yaml", "just text\n", []),
        ("x.yaml", "", []),
        ("x.yaml", "- a\n- b\n", []),
    ],
)
def test_what_a_yaml_file_is(path, text, kinds):
    reading = kind.read(snapshot(text, path=path), {})
    assert [each.kind for each in reading.documents] == kinds
    assert not reading.missing


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        (".github/workflows/ci.yml", "on: push\njobs:\n  a: [\n", "line 3"),
        ("deploy.yaml", "apiVersion: v1\nkind: Pod\n\tx\n", "line 3"),
        ("docker-compose.yml", "services:\n  a:\n    image: x\n    half\n    b: c\n", "line 4"),
        ("x.yaml", "a: b: c\n", ""),
        ("host_vars/x.yml", "{% if a %}\n- b: {{ c }}\n  {{ d }}: [\n{% endif %}\n", ""),
        (
            "chart/templates/pod.yaml",
            "apiVersion: v1\nkind: Pod\nspec:\n{{ x }}\n  a: [{{ b }}\n",
            "",
        ),
    ],
)
def test_only_what_is_clearly_of_a_kind_is_said_to_be_unchecked(path, text, said):
    failures = examine(text, path=path).failures
    assert [f.partial for f in failures] == ([True] if said else [])
    assert all(f.reason.startswith(f"{said} could not be parsed") for f in failures)


def test_what_stands_around_a_half_typed_line_is_checked():
    text = (
        POD
        + "  hostPID: true\n  hostNet\n  containers:\n    - securityContext:\n        privileged: true\n"
    )
    assert {"kubernetes/host-namespace", "kubernetes/privileged"} <= set(ids(text))


def test_a_template_is_read_as_if_it_were_filled_in():
    text = (
        'apiVersion: v1\nkind: {{ .Values.kind | default "Pod" }}\nmetadata:\n'
        '  labels:\n    {{- include "x.labels" . | nindent 4 }}\n---\n'
        "{{- if .Values.on }}\napiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n"
        "      hostPID: true\n      containers:\n        - image: {{ .Values.image }}\n{{- end }}\n"
    )
    analysis = examine(text)
    assert [f.rule for f in analysis.findings] == ["kubernetes/host-namespace"]
    assert not analysis.failures
    (finding,) = analysis.findings
    assert text[slice(*finding.span)] == "true"


# -- YAML


def test_places_are_code_points_also_behind_astral_characters_and_carriage_returns():
    text = "\ufeff# \U0001f600\r\na: '\U0001f600\U0001f600'\r\nb: &x \"c\"\r\nd: |-\r\n  e\r\n   f\r\n\r\ng: [*x, h]\r\n"
    found = root(text)
    assert [pair.key for pair in found.pairs] == ["a", "b", "d", "g"]
    for pair in found.pairs:
        assert text[slice(*pair.span)] == pair.key
    a, b, d, g = (pair.value for pair in found.pairs)
    assert text[slice(*a.span)] == "'\U0001f600\U0001f600'"
    assert (a.text, text[a.at : a.at + 2], a.quoted) == ("\U0001f600\U0001f600", a.text, True)
    assert (b.text, text[b.at]) == ("c", "c")
    assert d.text == "  e\r\n   f"
    assert text[d.at :].startswith(d.text)
    assert text[slice(*d.span)] == "|-\r\n  e\r\n   f"
    assert text[slice(*g.span)] == "[*x, h]"
    assert g.items[0] is b


def test_duplicate_keys_tabs_and_empty_values_stay():
    found = root("a: 1\na:\t2\nb:\n? [x]\n: y\n")
    assert [(p.key, p.value.text) for p in found.pairs] == [
        ("a", "1"),
        ("a", "2"),
        ("b", ""),
        ("", "y"),
    ]
    assert [node.text for node in found.each("a")] == ["1", "2"]


def test_merged_mappings_are_looked_into_one_level_deep():
    found = root("x: &x {a: 1, <<: &y {c: 3}}\nb:\n  <<: *x\n  d: 4\ne: {<<: [*x, *y]}\n")
    assert found.string("b", "a") == "1"
    assert found.string("b", "d") == "4"
    assert found.string("e", "c") == "3"
    assert found.get("b", "nothing") is None


def test_documents_are_apart_and_so_are_their_anchors():
    first, second = yaml.read("a: &x 1\n---\nb: *x\n").documents
    assert first.string("a") == "1"
    assert second.string("b") == "*x"


def test_a_place_in_a_scalar_is_a_place_in_the_text():
    text = "on: issues\njobs:\n  a:\n    steps:\n      - run: >-\n          echo \U0001f600\n          ${{ github.event.issue.title }}\n"
    (finding,) = [
        f for f in examine(text, path=workflow.PATH).findings if f.rule.endswith("injection")
    ]
    assert text[slice(*finding.span)] == "${{ github.event.issue.title }}"


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])),
)
DATA = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abcdef-", min_size=1), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(DATA, st.booleans())
def test_the_tree_is_the_one_that_the_library_composes(data, flow):
    text = pyyaml.safe_dump(data, default_flow_style=flow, allow_unicode=True, sort_keys=False)
    reading = yaml.read(text)
    assert reading.whole
    assert not reading.broken
    same(pyyaml.compose(text, Loader=pyyaml.SafeLoader), root(text), text)


def same(theirs, ours, text):
    assert ours.span.start == theirs.start_mark.index
    if isinstance(theirs, pyyaml.MappingNode):
        assert len(theirs.value) == len(ours.pairs)
        for (key, value), pair in zip(theirs.value, ours.pairs, strict=True):
            assert pair.span.start == key.start_mark.index
            same(value, pair.value, text)
    elif isinstance(theirs, pyyaml.SequenceNode):
        assert len(theirs.value) == len(ours.items)
        for value, item in zip(theirs.value, ours.items, strict=True):
            same(value, item, text)
    else:
        assert text[ours.at : ours.at + len(ours.text)] == ours.text
        if theirs.style is None and "\n" not in ours.text:
            assert ours.text == theirs.value


# -- what is made to hurt


@pytest.mark.parametrize(
    "text",
    [
        "x: " + "[" * 5_000,
        "x: " + "[" * 5_000 + "]" * 5_000,
        "\n".join(" " * level + "a:" for level in range(1_000)),
        "- " * 5_000,
        "x: " + "{a: " * 5_000,
    ],
)
def test_what_nests_too_deeply_is_said_where_it_matters(text):
    assert not examine(text).failures
    (failure,) = examine(text, path=workflow.PATH).failures
    assert failure.partial
    assert "nests too deeply" in failure.reason
    (failure,) = examine(POD + "x:\n" + "".join(f" {x}\n" for x in text.split("\n"))).failures
    assert "nests too deeply" in failure.reason


def test_aliases_are_shared_and_never_copied():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]" for n in range(1, 40)]
    found = root("\n".join(lines) + "\n")
    assert len(list(found.walk())) < 100
    merges = "\n".join(
        f"b{n}: &b{n} {{<<: [{', '.join([f'*b{n - 1}'] * 8)}]}}" for n in range(1, 40)
    )
    assert root(f"b0: &b0 {{k: v}}\n{merges}\n").get("b39", "missing") is None


@pytest.mark.parametrize(
    "text",
    [
        POD + "  a: " + "x" * 900_000 + "\n",
        POD + '  a: "' + "\\n" * 200_000 + '"\n',
        POD + "  a: |\n" + "   $(curl x | \n" * 20_000,
        POD + "".join(f"  k{n}: v\n" for n in range(30_000)),
        POD + "  a: [" + "*x, " * 20_000 + "]\n",
        POD + "  b: c: d\n" * 5_000,
        POD + "  a: " + "\x00\x01\ud800\ufffe" * 1_000 + "\n",
        POD + "{{ " * 200_000,
        POD + "{% {{ " * 100_000,
        POD + "  a: '\n" * 5_000,
    ],
)
def test_long_and_broken_manifests_come_to_an_end(text):
    analysis = examine(text)
    assert not [f for f in analysis.failures if "failed" in f.reason]


@pytest.mark.parametrize(
    "script",
    [
        "curl " * 50_000,
        "curl x |" * 30_000,
        "${{ " * 50_000,
        "${{ contains(" + "(" * 5_000 + ") }}",
        "${{ github.event." + "a." * 5_000 + " }}",
        ("${{ " + "a" * 1_900 + " }}") * 100,
        "contains('" + "," * 100_000,
        "chmod -R " * 20_000,
        "sh -c " * 30_000,
        "bash <( " * 30_000,
        "pip " * 50_000 + "--trusted-host",
    ],
)
def test_long_scripts_come_to_an_end(script):
    text = f"on: issues\njobs:\n  a:\n    steps:\n      - run: |\n          {script}\n"
    assert not examine(text, path=workflow.PATH).failures
    assert not examine(f"FROM a:1\nRUN {script}\nCMD x\n", "dockerfile", "Dockerfile").failures


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5_000,
        "a = " + "[" * 5_000 + "]" * 5_000,
        "a {\n" * 3_000,
        'a = "' + "${" * 3_000,
        "a = <<E\n" * 3_000,
        "a = " + "(" * 5_000,
        "\x00\x01" * 5_000,
        'a = "' + "x" * 100_000 + '"',
    ],
)
def test_hostile_terraform_is_read_or_said_not_to_be(text):
    analysis = examine(text, "terraform", "main.tf")
    assert all(failure.partial for failure in analysis.failures)


@pytest.mark.parametrize(
    "text",
    [
        "RUN \\\n" * 20_000,
        "RUN <<A <<B <<C\n" * 3_000,
        "FROM a\nENV " + "A=b " * 50_000,
        "# escape=`\nRUN a `\n b\n",
        "RUN " + '"' * 100_000,
        "ENV A=" + "\\x" * 50_000,
        "FROM " + "--a " * 50_000,
        "ONBUILD " * 50_000,
        "\r" * 50_000,
    ],
)
def test_hostile_dockerfiles_are_read(text):
    assert not examine(text, "dockerfile", "Dockerfile").failures


def test_too_large_a_file_is_said_unless_it_is_data():
    assert not examine("a: b\n" * 250_000).failures
    assert examine("a: b\n" * 250_000, path=workflow.PATH).failures
    (failure,) = examine("# x\n" * 300_000, "terraform", "main.tf").failures
    assert "1,000,000 characters" in failure.reason


# -- Terraform


def test_terraform_as_a_tree():
    text = (
        'resource "x_y" "\U0001f600" {\n  a = "\U0001f600"\n  b = [1, true, var.c]\n  d = jsonencode({ "e" = "f" })\n'
        '  g { h = <<-EOT\n    i: ${j}\n    EOT\n  }\n  k = "${var.l}"\n}\n'
    )
    (pair,) = tf(text).pairs
    block = pair.value
    assert (pair.key, block.labels) == ("resource", ("x_y", "\U0001f600"))
    assert text[slice(*block.get("a").span)] == '"\U0001f600"'
    assert [(node.text, node.known) for node in block.each("b")] == [
        ("1", True),
        ("true", True),
        ("var.c", False),
    ]
    assert block.string("d", "e") == "f"
    inner = block.get("g", "h")
    assert text[inner.at :].startswith(inner.text)
    assert "i: ${j}" in inner.text
    assert block.string("k") == "${var.l}"


def test_all_that_terraform_can_say_is_parsed():
    text = (
        "// a\n/* b\n*/\nlocals {\n"
        "  a = { for k, v in var.m : k => v... if v != null }\n  b = [for s in var.l : upper(s)]\n"
        '  c = a.*.id\n  d = a.0.id\n  e = var.x ? "a" : "${b ? "c" : "d"}"\n  f = "$${x} %%{y} 5% $"\n'
        '  g = provider::aws::arn_parse("x")\n  h = merge(a, { b : 1, "c d" = 2, (e) = 3 }, f...)\n'
        '  i = [\n<<E1\n%{ for x in y ~}\n${x} "{}\n%{ endfor ~}\nE1\n  , # c\n  ]\n  j = (\n  a\n  ? -1\n  : 1.5\n  )\n'
        '  k = {}\n  l = !a && (b || c[count.index % 2])\n}\nmoved {\n  from = a.b["c"]\n}\n# end'
    )
    for changed in (text, text.replace("\n", "\r\n"), "\ufeff" + text):
        assert not kind.read(snapshot(changed, "terraform", "main.tf"), {}).missing


def test_half_typed_terraform_is_checked_around_the_gap():
    text = (
        'resource "aws_db_instance" "a" {\n  engine =\n  publicly_accessible = true\n}\nresource "b'
    )
    analysis = examine(text, "terraform", "main.tf")
    assert any("could not be parsed" in failure.reason for failure in analysis.failures)
    whole = 'resource "aws_db_instance" "a" {\n  publicly_accessible = true\n  engine = "x\n}\n'
    assert "terraform/public-database" in ids(whole, "terraform", "main.tf")


def test_a_policy_in_a_here_document_is_pointed_at_to_the_word():
    text = (
        "# \U0001f600\n"
        'resource "aws_iam_policy" "a" {\n  policy = <<EOF\n{\n\t"Statement": {\n\t\t"Effect": "Allow",\n'
        '\t\t"Action": "*",\n\t\t"Resource": "*"\n\t}\n}\nEOF\n}\n'
    )
    (finding,) = examine(text, "terraform", "main.tf").findings
    assert text[slice(*finding.span)] == '"*"'
    assert text[: finding.span.start].endswith('"Action": ')


# -- Dockerfiles


def test_dockerfile_instructions_keep_their_places():
    text = (
        "# syntax=x\n\nfrom a AS b\r\nRun echo \U0001f600 \\\n# a remark\n\n  && true\nnonsense here\n"
        "RUN <<EOF cat\nFROM not\nEOF\nONBUILD USER root\nENV A=1 \\"
    )
    found = dockerfile.read(text)
    assert [(i.name, i.stage) for i in found] == [
        ("FROM", 0),
        ("RUN", 0),
        ("RUN", 0),
        ("USER", 0),
        ("ENV", 0),
    ]
    run = found[1]
    assert " ".join(run.text.split()) == "echo \U0001f600 && true"
    assert text[run.at :].startswith("echo \U0001f600")
    assert text.index("&& true") == run.at + run.text.index("&& true")
    assert "FROM not" in found[2].text
    assert text[slice(*found[3].span)].endswith("USER root")


def test_a_backtick_continues_lines_where_the_head_says_so():
    (run,) = dockerfile.read("# escape=`\nRUN a `\n  b\\\n")
    assert run.text.split() == ["a", "b\\"]


# -- expressions and commands


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        ("github.event.issue.title", "github.event.issue.title"),
        ("github.event['pull_request']['body']", "github.event.pull_request.body"),
        ("github.event.commits[0].message", "github.event.commits.*.message"),
        ("format('{0}', github.head_ref)", "github.head_ref"),
        ("join(github.event.commits.*.author.name, ',')", "github.event.commits.*.author.name"),
        ("github.ref == 'x' && github.head_ref || 'y'", "github.head_ref"),
        ("toJSON(github.event.pull_request)", "github.event.pull_request"),
        ("github.event.pull_request.head.sha", ""),
        ("github.event.issue.number", ""),
        ("contains(github.head_ref, 'x')", ""),
        ("startsWith(toJSON(github.event.issue.title), 'x')", ""),
        ("github.head_ref == 'main'", ""),
        ("github.head_ref && 'a' || 'b'", ""),
        ("'github.head_ref'", ""),
        ("hashFiles('x')", ""),
    ],
)
def test_which_words_of_an_expression_are_a_strangers(inner, said):
    assert workflow.untrusted(inner) == said


@pytest.mark.parametrize(
    ("command", "flagged"),
    [
        ("curl -k https://a.example", True),
        ("curl -fsSLk -o x https://a.example", True),
        ("curl -Lko x https://a.example", True),
        ("curl -o k https://a.example", False),
        ("curl -H 'x -k' --key k https://a.example", False),
        ("curl --kerberos https://a.example", False),
        ("curl https://a.example; foo -k", False),
        ("curl -k https://127.0.0.1/", False),
        ("wget --no-check-certificate=yes https://a.example", True),
        ("git -c http.sslVerify=false clone x", True),
        ("git config http.https://a.example.sslVerify 0", True),
        ("export NODE_TLS_REJECT_UNAUTHORIZED='0'", True),
        ("pip install --trusted-host a.example x", True),
        ("curl \\\n  --insecure https://a.example", True),
    ],
)
def test_which_commands_do_not_look_whom_they_talk_to(command, flagged):
    assert bool(list(shell.unverified(command))) is flagged


@pytest.mark.parametrize(
    ("command", "piped"),
    [
        ("curl -fsSL https://a.example/i.sh | sh", [False]),
        ("wget -qO- http://a.example/i.sh | sudo -E bash -s -- --yes", [True]),
        ("curl https://a.example/x.py | python3 -", [False]),
        ("curl https://a.example/x | gunzip | sh", [False]),
        ("sh -c 'echo x'; eval \"$(curl -s https://a.example/x)\"", [False]),
        ("curl https://a.example/x | python3 -m json.tool", []),
        ("curl https://a.example/x | python3 -c 'import json'", []),
        ("curl https://a.example/x | node parse.js", []),
        ("curl https://a.example/x | bash -c 'cat >x'", []),
        ("curl https://a.example/x | tee x.sh", []),
        ("curl https://a.example/x || sh fallback.sh", []),
        ("curl https://a.example/bash.tgz -o bash", []),
        ("curl https://localhost/i.sh | sh", []),
    ],
)
def test_which_downloads_are_run_unseen(command, piped):
    assert [plain for _, plain in shell.piped(command)] == piped


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("DB_PASSWORD", "hunter2", True),
        ("dbPassword", "hunter2", True),
        ("api-key", "hunter2", True),
        ("DB_PASSWORD_FILE", "/run/x", False),
        ("PUBLIC_KEY", "hunter2", False),
        ("TOKEN_TTL", "3600", False),
        ("ALLOW_EMPTY_PASSWORD", "yes", False),
        ("DB_PASSWORD", "$OTHER", False),
        ("DB_PASSWORD", "${OTHER:-x}", False),
        ("DB_PASSWORD", "<your password>", False),
        ("DB_PASSWORD", "{{ vault }}", False),
        ("DB_PASSWORD", "xxxxxxxx", False),
        ("credentials", "account.json", False),
        ("SECRET", "", False),
    ],
)
def test_what_is_a_secret_that_is_written_out(name, value, secret):
    assert (literal.is_secret_name(name) and literal.is_written_out(value)) is secret


def test_a_fix_is_not_offered_where_no_line_can_be_put():
    steps = (
        "{uses: actions/checkout@v4}",
        '{run: "echo ${{ github.head_ref }}"}',
        "{run: 'x', env: {A: b}, uses: actions/checkout@v3}",
    )
    text = "on: issues\njobs:\n  a:\n    steps:\n" + "".join(f"      - {step}\n" for step in steps)
    found = examine(text, path=workflow.PATH).findings
    assert {"github-actions/kept-credentials", "github-actions/script-injection"} <= {
        f.rule for f in found
    }
    mine = [
        f
        for f in found
        if f.rule in {"github-actions/kept-credentials", "github-actions/script-injection"}
    ]
    assert not [f for f in mine if f.fix]


def test_an_injection_is_mended_beside_an_environment_that_is_there():
    text = (
        "on: issues\njobs:\n  a:\n    steps:\n      - name: x\n        env:\n          A: b\n"
        '        run: |\n          echo "${{ github.event.issue.title }}"\n'
    )
    (finding,) = [
        f for f in examine(text, path=workflow.PATH).findings if f.rule.endswith("injection")
    ]
    assert apply(text, finding.fix.edits) == (
        "on: issues\njobs:\n  a:\n    steps:\n      - name: x\n        env:\n"
        "          ISSUE_TITLE: ${{ github.event.issue.title }}\n          A: b\n"
        '        run: |\n          echo "${ISSUE_TITLE}"\n'
    )


@pytest.mark.parametrize(
    ("condition", "mended"),
    [
        ("${{ success() }} && github.ref != 'x'", "success() && github.ref != 'x'"),
        ("${{ inputs.dry }} == true", "inputs.dry == true"),
        ("${{ github.ref == 'x' }} == true", None),
        ("${{ success() || inputs.a }} && inputs.b", None),
        ("${{ !inputs.a }} && inputs.b", None),
        ("${{ a }} and some words", None),
        ("!${{ inputs.a }}", None),
        ("'${{ a }} '", None),
    ],
)
def test_a_condition_is_made_one_expression_where_nothing_binds_otherwise(condition, mended):
    text = f"on: push\njobs:\n  a:\n    if: {condition}\n    steps: []\n"
    fixes = [
        f.fix for f in examine(text, path=workflow.PATH).findings if f.rule.endswith("always-true")
    ]
    assert [apply(text, fix.edits) for fix in fixes if fix] == (
        [text.replace(condition, mended)] if mended else []
    )


def test_one_secret_is_one_finding_whoever_sees_it():
    text = "FROM a:1\nENV DB_PASSWORD=" + "s3cr3t" + "Kq8xV2mLp" + "\n"
    snap = snapshot(text, "dockerfile", "Dockerfile")
    own = [configuration.ANALYZER, engine.analyzers()["secrets"]]
    analysis = engine.examine(snap, Facts(), own)
    assert len({f.analyzer for f in analysis.findings}) == 2
    (finding,) = engine.conclude(snap, analysis.findings)
    assert finding.secret


# -- cost


def test_a_tree_of_python_loads_no_grammar_and_no_rules_for_others():
    code = (
        "import sys\n"
        "from vetline_analyzers import engine\n"
        "from vetline_analyzers.core.analyzer import Facts\n"
        "from vetline_analyzers.core.text import Snapshot\n"
        "own = [engine.analyzers()[name] for name in ('patterns', 'configuration', 'hidden_text')]\n"
        "engine.examine(Snapshot('u', 'python', 1, 'x = 1', 'x.py'), Facts(), own)\n"
        "print(*sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    loaded = set(done.stdout.split())
    assert "vetline_analyzers.configuration" in loaded
    assert not {"tree_sitter_hcl", "vetline_analyzers.rules.terraform", "yaml"} & loaded


def test_the_second_look_at_a_text_gives_the_same():
    memo = {}
    text = 'resource "aws_db_instance" "a" {\n  publicly_accessible = true\n}\n'
    for changed in (text, text + text, text[:-3], "", text):
        snap = snapshot(changed, "terraform", "main.tf")
        fresh = engine.examine(snap, Facts(), [configuration.ANALYZER])
        assert engine.examine(snap, Facts(), [configuration.ANALYZER], memo) == fresh
