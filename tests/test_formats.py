"""Output formats for machines: what each consumer reads, and that nothing hostile gets through."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from reports import HOSTILE, RULE, SECRET, TEXT, by, finding, fixed, rendered, report
from sarif_kit.validate import validation_errors

from vetline import formats
from vetline.provenance import UNKNOWN, Attribution, State
from vetline.review import Standing, Status
from vetline_analyzers import engine
from vetline_analyzers.core.finding import Persona, Related, Severity, Suppression
from vetline_analyzers.core.text import Span
from vetline_analyzers.engine import Failure
from vetline_analyzers.supply.tally import Tally


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own output


def test_the_shelf_names_each_format():
    assert formats.names() == [
        "azure", "concise", "full", "github", "gitlab", "json", "json-lines", "junit", "rdjson",
        "sarif",
    ]  # fmt: skip
    people = [name for name in formats.names() if formats.named(name).for_people]
    assert people == ["concise", "full"]


ABOUT = ("package", "meant", "evidence")
DECIDED = ("review", "suppression")


def test_json_is_the_documented_contract():
    document = json.loads(
        rendered(
            "json",
            report(
                fixed(TEXT),
                failures=[Failure("b.py", "it is not UTF-8")],
                origin=by("copilot", "m1"),
            ),
        )
    )
    assert document["version"] == 1
    assert document["verdict"] == "block"
    assert document["not_checked"] == [{"path": "b.py", "reason": "it is not UTF-8"}]
    (found,) = document["findings"]
    for optional in ("also", "symbol", "related", "flow", "tier", "tentative", *ABOUT, *DECIDED):
        found.pop(optional)
    assert found == {
        "rule": "python/yaml-load",
        "severity": "high",
        "confidence": "high",
        "cwe": [502],
        "message": "yaml.load runs code from the document.",
        "path": "shop/app.py",
        "start": {"line": 4, "column": 9},
        "end": {"line": 4, "column": 21},
        "origin": {"state": "ai", "agent": "copilot", "model": "m1"},
        "fingerprint": "0123456789abcdef0123",
        "analyzer": "patterns",
        "fixes": [
            {
                "title": "Use yaml.safe_load",
                "safe": True,
                "edits": [
                    {
                        "start": {"line": 4, "column": 14},
                        "end": {"line": 4, "column": 18},
                        "text": "safe_load",
                    }
                ],
            }
        ],
    }


def test_who_wrote_it_is_told_as_far_as_it_is_known():
    def origin(said):
        return json.loads(rendered("json", report(fixed(TEXT), origin=said)))["findings"][0][
            "origin"
        ]

    assert origin(None) is None
    assert origin(by("codex", "m", session="s1")) == {
        "state": "ai", "agent": "codex", "model": "m", "session": "s1"}  # fmt: skip
    assert origin(Attribution(State.HUMAN)) == {"state": "human", "agent": "", "model": ""}


@pytest.mark.parametrize("name", ["full", "rdjson", "github", "junit", "azure"])
def test_only_what_an_ai_may_have_written_is_said_to_be_by_somebody(name):
    def told(said):
        return rendered(name, report(fixed(TEXT), origin=said))

    assert "AI: codex" in told(by("codex"))
    assert "partly AI: codex" in told(by("codex", state=State.MIXED))
    assert "perhaps AI" in told(by("", state=State.SUSPECT_AI))
    assert told(by("", state=State.HUMAN)) == told(UNKNOWN) == told(None)


def test_the_documented_example_has_the_keys_that_are_written():
    page = (Path(__file__).parent.parent / "docs" / "json-output.md").read_text("utf-8")
    example = json.loads(page.split("```json\n")[1].split("```")[0])
    comment = Suppression("vetline", "a test", span=Span(0, 1))
    found = fixed(TEXT, suppression=comment)
    told = report(found, failures=[Failure("b.py", "x")], origin=by("copilot"))
    review = Standing(Status.PENDING, "5c1d0e7ab2f9", "Ana")
    sightings = tuple(replace(sighting, review=review) for sighting in told.sightings)
    told = replace(told, sightings=sightings, audit=Tally(12, {"no version": 2}, "2026-07-23"))
    real = json.loads(rendered("json", told))
    assert shape(example) == shape(real)


def shape(value: object) -> object:
    """The keys and types of a JSON value, those of a list by its first item."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items() if key != "suppressed"}
    if isinstance(value, list):
        return [shape(item) for item in value[:1] if isinstance(item, dict)]
    return type(value)


def test_json_says_null_where_no_origin_is_known_and_counts_what_it_hides():
    told = report(
        finding(TEXT, "yaml.load"),
        finding(TEXT, "import", suppression=Suppression("noqa", "")),
        finding(TEXT, "return", persona=Persona.AUDITOR),
    )
    document = json.loads(rendered("json", told))
    assert [found["origin"] for found in document["findings"]] == [None]
    assert document["counts"] == {
        "files": 1,
        "shown": 1,
        "suppressed": {"noqa": 1},
        "suppressions": {
            "accepted": 1,
            "approved": 0,
            "pending": 0,
            "expired": 0,
            "undated": 0,
            "critical": 0,
        },
        "approved": 0,
        "accepted": 0,
        "out_of_scope": 0,
        "other_personas": 1,
        "tentative": 0,
        "fixed": 0,
        "dependencies": None,
    }


def test_json_lines_are_the_same_findings_and_end_with_the_verdict():
    told = report(fixed(TEXT), failures=[Failure("b.py", "too large")])
    lines = [json.loads(line) for line in rendered("json-lines", told).splitlines()]
    assert [line["type"] for line in lines] == ["finding", "not_checked", "verdict"]
    whole = json.loads(rendered("json", told))
    assert lines[0] == {"type": "finding", **whole["findings"][0]}
    assert lines[2]["verdict"] == "block"


SARIF_CASES = {
    "nothing": report,
    "one with everything": lambda: report(
        fixed(TEXT, related=(Related(Span(0, 6), "imported here"),)),
        failures=[Failure("b.py", "it is not UTF-8", "bandit")],
        origin=by("copilot", "m1"),
    ),
    "suppressed": lambda: report(
        finding(TEXT, "yaml.load", suppression=Suppression("vetline", "a test"))
    ),
    "a rule nobody knows": lambda: report(finding(TEXT, "yaml.load", rule="gate/odd", cwe=())),
    "hostile": lambda: report(finding(TEXT, "yaml.load", message=HOSTILE), path=HOSTILE),
}


@pytest.mark.parametrize("name", SARIF_CASES)
def test_sarif_validates_against_the_official_schema(name):
    text = rendered("sarif", SARIF_CASES[name]())
    text.encode("utf-8")
    assert validation_errors(json.loads(text)) == []


def test_sarif_carries_rules_taxa_fix_fingerprint_and_failures():
    told = SARIF_CASES["one with everything"]()
    (run,) = json.loads(rendered("sarif", told))["runs"]
    (result,) = run["results"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert rule["id"] == result["ruleId"] == RULE.id
    assert rule["help"]["markdown"] == engine.page(RULE)
    assert rule["properties"]["tags"] == [
        "security", "external/cwe/cwe-502", "external/cwe/cwe-020",
        "owasp-a08-2021", "owasp-a03-2021", "owasp-a08-2025", "owasp-a05-2025",
    ]  # fmt: skip
    assert rule["properties"]["security-severity"] == "8.0"
    assert run["taxonomies"][0]["taxa"][1]["name"] == "Deserialization of untrusted data"
    assert rule["relationships"][0]["target"]["id"] == "502"
    assert [taxon["id"] for taxon in run["taxonomies"][0]["taxa"]] == ["20", "502"]
    assert result["partialFingerprints"] == {"vetline/v1": "0123456789abcdef0123"}
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "shop/app.py", "uriBaseId": "SRCROOT"}
    assert "uri" not in run["originalUriBaseIds"]["SRCROOT"]
    (replacement,) = result["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement["insertedContent"] == {"text": "safe_load"}
    assert replacement["deletedRegion"]["startColumn"] == 14
    assert result["relatedLocations"][0]["message"]["text"] == "imported here"
    assert result["properties"]["origin"]["agent"] == "copilot"
    assert run["properties"]["counts"]["shown"] == 1
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert "it is not UTF-8" in notification["message"]["text"]


FLOW = (
    Related(Span(0, 0), "request.args holds what a client sends", "shop/views.py", 7),
    Related(Span(22, 23), "x is a parameter of read"),
    Related(Span(34, 46), "it is loaded here"),
)


def test_sarif_has_the_way_of_a_value_as_a_code_flow():
    told = report(fixed(TEXT, flow=FLOW, severity=Severity.MEDIUM))
    document = json.loads(rendered("sarif", told))
    assert validation_errors(document) == []
    (result,) = document["runs"][0]["results"]
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    places = [step["location"]["physicalLocation"] for step in steps]
    assert [place["artifactLocation"]["uri"] for place in places] == [
        "shop/views.py", "shop/app.py", "shop/app.py"]  # fmt: skip
    assert places[0]["region"] == {"startLine": 7}
    assert places[2]["region"]["startColumn"] == 9
    assert steps[1]["location"]["message"]["text"] == "x is a parameter of read"
    assert result["properties"]["tier"] == "traced"
    assert result["level"] == "error"


def test_a_flow_from_a_parameter_is_only_possible():
    told = report(fixed(TEXT, flow=FLOW[1:], tentative=True), origin=by("codex"))
    (result,) = json.loads(rendered("sarif", told))["runs"][0]["results"]
    assert (result["properties"]["tier"], result["level"]) == ("possible", "warning")
    (finding,) = json.loads(rendered("json", told))["findings"]
    assert (finding["tier"], finding["tentative"]) == ("possible", True)
    assert "a parameter reaches it" in rendered("concise", told)


def test_json_has_the_steps_of_a_flow_in_order():
    (found,) = json.loads(rendered("json", report(fixed(TEXT, flow=FLOW))))["findings"]
    assert [(step["path"], step["start"]["line"]) for step in found["flow"]] == [
        ("shop/views.py", 7), ("shop/app.py", 3), ("shop/app.py", 4)]  # fmt: skip
    assert found["tier"] == "traced"


def test_sarif_says_what_is_suppressed_and_why():
    (run,) = json.loads(rendered("sarif", SARIF_CASES["suppressed"]()))["runs"]
    assert run["results"][0]["suppressions"] == [
        {"kind": "inSource", "status": "accepted", "justification": "a test"}
    ]


def test_sarif_keeps_the_bytes_of_a_name_that_is_not_utf_8():
    name = os.fsdecode(b"caf\xe9 1.py")
    (run,) = json.loads(rendered("sarif", report(finding(TEXT, "yaml"), path=name)))["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "caf%E9%201.py"


def test_gitlab_entries_have_fingerprints_of_their_own():
    one = json.loads(rendered("gitlab", report(fixed(TEXT), path="a.py")))
    two = json.loads(rendered("gitlab", report(fixed(TEXT), path="b.py")))
    assert one[0]["fingerprint"] != two[0]["fingerprint"]
    assert one[0]["severity"] == "critical"
    assert one[0]["location"]["positions"]["begin"] == {"line": 4, "column": 9}
    jsonschema.validate(
        [*one, *json.loads(rendered("gitlab", report(failures=[Failure("x", "too large")])))],
        {
            "type": "array",
            "minItems": 2,
            "items": {
                "required": ["description", "check_name", "fingerprint", "severity", "location"],
                "properties": {
                    "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                    "location": {"required": ["path"]},
                },
            },
        },
    )


def test_junit_tells_failures_from_errors():
    told = report(fixed(TEXT), failures=[Failure("b.py", "too large", "bandit")])
    root = parsed(rendered("junit", told))
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("2", "1", "1")
    assert root.find(".//failure").get("message") == "yaml.load runs code from the document."
    assert root.find(".//error").get("message") == "not checked: too large"
    clean = parsed(rendered("junit", report()))
    assert clean.get("tests") == "1"
    assert clean.find(".//failure") is None


def test_rdjson_columns_are_bytes_or_not_given():
    (ascii_one,) = json.loads(rendered("rdjson", report(fixed(TEXT))))["diagnostics"]
    assert ascii_one["location"]["range"]["start"] == {"line": 4, "column": 9}
    assert ascii_one["suggestions"][0]["text"] == "safe_load"
    wide = TEXT.replace("\treturn", "\treturn 'é' +")
    (other,) = json.loads(rendered("rdjson", report(fixed(wide), text=wide)))["diagnostics"]
    assert other["location"]["range"]["start"] == {"line": 4}
    assert "suggestions" not in other


def test_github_puts_the_worst_first():
    mild = finding(TEXT, "import", severity=Severity.LOW)
    lines = rendered("github", report(mild, fixed(TEXT))).splitlines()
    assert lines[0].startswith("::error file=shop/app.py,line=4,endLine=4,title=")
    assert lines[1].startswith("::notice file=shop/app.py,line=1")
    assert lines[2].startswith("::notice title=Vetline%3A block::")


def test_azure_knows_two_kinds():
    mild = finding(TEXT, "import", severity=Severity.LOW)
    lines = rendered("azure", report(mild, fixed(TEXT))).splitlines()
    assert lines[0].startswith("##vso[task.logissue type=warning;sourcepath=shop/app.py;")
    assert lines[1].startswith("##vso[task.logissue type=error;")


@pytest.mark.parametrize("name", formats.names())
def test_hostile_names_and_messages_stay_what_they_are(name):
    told = report(
        finding(TEXT, "yaml.load", message=HOSTILE, also=("x/y",)),
        path=HOSTILE,
        failures=[Failure(HOSTILE, HOSTILE)],
    )
    text = rendered(name, told)
    text.encode("utf-8")  # no lone surrogate
    assert "\x1b" not in text
    for line in text.splitlines():
        assert not line.startswith("::error::x")
    if name == "junit":
        assert parsed(text).get("errors") == "1"
    elif name == "json-lines":
        assert len([json.loads(line) for line in text.split("\n") if line]) == 3
    elif name in {"json", "gitlab", "rdjson", "sarif"}:
        json.loads(text)
    assert "\u202e" not in text
    if name in {"github", "azure"}:
        assert all(re.match(r"::(error|notice) |##vso\[", line) for line in text.splitlines())


def test_a_workflow_command_cannot_be_forged_by_a_name():
    told = report(finding(TEXT, "yaml.load"), path="x.py::error::owned")
    (line, _) = rendered("github", told).splitlines()
    assert line.count("::") == 2
    told = report(finding(TEXT, "yaml.load"), path="x]##vso[task.complete]")
    (line,) = rendered("azure", told).splitlines()
    assert line.count("]") == 1


@pytest.mark.parametrize("name", formats.names())
def test_a_secret_is_in_no_format(name):
    text = f'key = "{SECRET}"; load(key)\n'
    secret = finding(text, SECRET, rule="secret/generic", secret=True, message="A password.")
    beside = finding(text, "load(key)", message="Something else on its line.")
    told = report(secret, beside, text=text)
    assert SECRET not in rendered(name, told)
    assert SECRET[:8] not in rendered(name, told)


def test_what_a_finding_on_a_package_rests_on_is_told():
    about = {"package": "pkg:npm/%40shop/ui", "meant": "@shop/uix", "evidence": ("absent", "near")}
    told = report(finding(TEXT, "yaml", **about))
    (one,) = json.loads(rendered("json", told))["findings"]
    assert [one[key] for key in ABOUT] == ["pkg:npm/%40shop/ui", "@shop/uix", ["absent", "near"]]
    (result,) = json.loads(rendered("sarif", told))["runs"][0]["results"]
    properties = result["properties"]
    assert [properties[key] for key in ABOUT] == [one[key] for key in ABOUT]
    plain = json.loads(rendered("sarif", report(finding(TEXT, "yaml"))))["runs"][0]["results"][0]
    assert not {*ABOUT, *DECIDED} & plain["properties"].keys()
    assert "evidence" not in rendered("concise", told)
