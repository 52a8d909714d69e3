"""A GraphQL server that explains itself to everybody."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around import setting, settings_query
from vetline_analyzers.syntax.python_web import TRUE, call_around
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_SWITCHES = ("graphiql", "playground", "introspection", "graphql_ide", "debug")
_OWNERS = (
    "GraphQLView.as_view",
    "GraphQLApp",
    "GraphQLRouter",
    "GraphQL",
    "AsyncGraphQLView.as_view",
)


def _check(hit: Hit) -> Report | None:
    found = setting(hit)
    call = call_around(hit)
    function = callee(call) if call is not None else None
    if found is None or function is None or hit.text(found[1]) not in TRUE:
        return None
    if not hit.text(function).endswith(_OWNERS):
        return None
    fix = Fix("Turn it off", (hit.edit(found[1], "False"),), safe=False)
    return Report(
        f"{found[0]} shows everybody the whole schema and how to ask: leave it to development.",
        fix=fix,
    )


RULE = PatternRule(
    id="python/graphql-explorer",
    title="GraphQL explorer for everybody",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    tentative=True,
    cwe=(489, 200),
    page="""
The explorer and introspection answer what types, queries and mutations there are, also those that no page
uses. It is the map an attacker would otherwise have to draw, and a form to try each of them with.
""",
    attack="Opens the explorer, finds the mutation that the administrators use, and calls it.",
    advice="Turn it on from the environment, on a developer's machine only.",
    bad=(
        """\
path("graphql", GraphQLView.as_view(graphiql=True))
""",
        """\
app.add_url_rule("/graphql", view_func=GraphQLView.as_view("graphql", schema=schema, graphiql=True))
""",
        """\
server = GraphQL(schema, debug=True)
""",
    ),
    good=(
        """\
path("graphql", GraphQLView.as_view(graphiql=False))
""",
        """\
path("graphql", GraphQLView.as_view(graphiql=settings.DEBUG))
""",
        """\
server = Runner(schema, debug=True)
""",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/GraphQL_Cheat_Sheet.html",
    query=settings_query(*_SWITCHES),
    check=_check,
)
