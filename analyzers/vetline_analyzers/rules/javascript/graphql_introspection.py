"""GraphQL that tells everybody what it can do."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, is_text, option, options
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_SWITCHES = (
    "introspection",
    "playground",
    "graphiql",
    "debug",
    "includeStacktraceInErrorResponses",
)


def _check(hit: Hit) -> Report | None:
    found = options(hit)
    for name in _SWITCHES:
        value = option(hit, found, name)
        if value is not None and is_text(hit, value, "true"):
            fix = Fix("Leave it to development", (hit.edit(value, _DEVELOPMENT),), safe=False)
            return Report(
                f"{name} is on in production too, and shows strangers what there is: leave it to "
                "development.",
                value,
                fix=fix,
            )
    return None


_DEVELOPMENT = 'process.env.NODE_ENV !== "production"'

RULE = PatternRule(
    id="javascript/graphql-introspection",
    title="GraphQL that tells what it can do",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(200, 489, 215),
    page="""
Introspection, a playground or stack traces are switched on by a constant, so that they are on in production.
They hand a stranger the list of all types and mutations, those for administrators among them, and a form to
try them with.
""",
    attack="Asks for __schema, and looks for the mutations that the page does not use.",
    advice='Write `introspection: process.env.NODE_ENV !== "production"`.',
    bad=(
        'import { ApolloServer } from "@apollo/server";\n\nconst server = new ApolloServer({ typeDefs, introspection: true });\n',
        'app.use("/graphql", graphqlHTTP({ schema, graphiql: true }));\n',
        """\
function start(schema) {
  const settings = { schema, playground: true };
  return new ApolloServer(settings);
}
""",
    ),
    good=(
        'import { ApolloServer } from "@apollo/server";\n\nconst server = new ApolloServer({ typeDefs, introspection: false });\n',
        'app.use("/graphql", graphqlHTTP({ schema, graphiql: development }));\n',
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/GraphQL_Cheat_Sheet.html#introspection-graphiql",
    language="javascript",
    languages=LANGUAGES,
    names=(
        *("ApolloServer", "graphqlHTTP", "express-graphql.graphqlHTTP", "createYoga", "mercurius"),
        *(
            f"{m}.ApolloServer"
            for m in ("@apollo/server", "apollo-server", "apollo-server-express")
        ),
        *(
            "graphql-yoga.createYoga",
            "GraphQLModule.forRoot",
            "@nestjs/graphql.GraphQLModule.forRoot",
        ),
    ),
    check=_check,
)
