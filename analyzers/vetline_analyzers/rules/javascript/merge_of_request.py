"""Objects of a request that are merged deeply, or set by a path that a visitor names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import Arrival, FlowRule, Sink
from vetline_analyzers.syntax.around_javascript import LANGUAGES

if TYPE_CHECKING:
    from vetline_analyzers.flow.rule import Called

_LODASH = ("_", "lodash")


def _is_deep(called: Called) -> bool:
    first = called.argument(0)
    return first is not None and first.truth is True and first.constants is not None


def _judge(arrival: Arrival) -> bool:
    return bool(arrival.traced)


RULE = FlowRule(
    id="javascript/merge-of-request",
    title="Object of a request merged deeply",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(1321, 915),
    page="""
What a request brought is merged into an object level by level, or names the place that is set. The name
`__proto__` leads to the prototype that all objects share: what is written there shows in every object of the
process. Libraries have closed this one by one; older versions, and paths, are still open.
""",
    attack='Sends {"__proto__": {"isAdmin": true}} to the handler that merges its body into the settings.',
    advice="Take the fields by name, put the body through a schema that drops the rest, or merge into a `Map`.",
    tentative=True,
    bad=(
        """\
const _ = require("lodash");

app.put("/settings", (req, res) => {
  _.merge(settings, req.body);
});
""",
        """\
import { defaultsDeep } from "lodash";

export default function handler(req, res) {
  const options = defaultsDeep({}, req.body.options, DEFAULTS);
  res.json(options);
}
""",
        """\
const _ = require("lodash");

app.put("/settings", ({ body }, res) => {
  _.set(settings, body.path, body.value);
});
""",
    ),
    good=(
        """\
const _ = require("lodash");

app.put("/settings", (req, res) => {
  const { colour } = schema.parse(req.body);
  _.merge(settings, { colour });
});
""",
        """\
const _ = require("lodash");

app.put("/settings", (req, res) => {
  _.set(settings, "colour", req.body.value);
});
""",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Prototype_Pollution_Prevention_Cheat_Sheet.html",
    language="javascript",
    languages=LANGUAGES,
    kind="prototype",
    sinks=(
        Sink(
            names=(
                *(f"{m}.{n}" for m in _LODASH for n in ("merge", "mergeWith", "defaultsDeep")),
                *("deepmerge", "deep-extend", "merge-deep", "lodash.merge", "lodash.defaultsdeep"),
                *("mixin-deep", "merge", "merge.recursive", "hoek.merge", "@hapi/hoek.merge"),
            ),
            arguments=(1, 2, 3),
        ),
        Sink(names=("$.extend", "jQuery.extend", "extend"), arguments=(2, 3), when=_is_deep),
        Sink(
            names=(
                *(f"{m}.{n}" for m in _LODASH for n in ("set", "setWith")),
                *("lodash.set", "dot-prop.set", "object-path.set", "set-value"),
            ),
            arguments=(1,),
        ),
    ),
    traced="{label} names what is written here: with __proto__ that is the prototype of every object. Name the fields.",
    judge=_judge,
)
