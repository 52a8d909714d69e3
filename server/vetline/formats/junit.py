"""JUnit XML: a failed test a finding, for whatever shows tests."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from vetline.formats import Format, Screen, tags, visible

if TYPE_CHECKING:
    from vetline.gate import Policy, Report, Sighting


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - a file has no colours
    """A suite a file; a finding is a failure, what could not be checked is an error."""
    root = ET.Element("testsuites", name="vetline")
    tests = failed = 0
    for path, group in groupby(report.shown(), key=lambda s: s.path):
        found = list(group)
        suite = _suite(root, path, tests=len(found), failures=len(found))
        for sighting in found:
            _failure(suite, sighting, report.policy)
        tests, failed = tests + len(found), failed + len(found)
    for failure in report.failures:
        suite = _suite(root, failure.path, tests=1, errors=1)
        case = _case(suite, failure.path, failure.analyzer or "vetline")
        ET.SubElement(case, "error", message=visible(f"not checked: {failure.reason}"))
        tests += 1
    if not tests:
        _case(_suite(root, "vetline", tests=1), "vetline", "nothing found that counts")
        tests = 1
    root.attrib |= {
        "tests": str(tests), "failures": str(failed), "errors": str(len(report.failures))
    }  # fmt: skip
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _suite(
    root: ET.Element, name: str, *, tests: int, failures: int = 0, errors: int = 0
) -> ET.Element:
    suite = ET.SubElement(root, "testsuite", name=visible(name), tests=str(tests))
    suite.attrib |= {"failures": str(failures), "errors": str(errors)}
    return suite


def _case(suite: ET.Element, path: str, name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=visible(path), name=visible(name))


def _failure(suite: ET.Element, sighting: Sighting, policy: Policy) -> None:
    finding = sighting.finding
    place = f"{sighting.start.line + 1}:{sighting.start.column + 1}"
    case = _case(suite, sighting.path, f"{finding.rule} at {place}")
    case.attrib |= {"file": visible(sighting.path), "line": str(sighting.start.line + 1)}
    message = visible(finding.message)
    failure = ET.SubElement(case, "failure", message=message, type=str(finding.severity))
    said = visible("; ".join(tags(sighting, policy)))
    failure.text = f"{visible(sighting.path)}:{place}: {message}" + (f" ({said})" if said else "")


FORMAT = Format(render)
