"""The trees of JavaScript, TypeScript and TSX, lowered to what the flow machine runs."""

from vetline_analyzers.flow.javascript.broken import broken
from vetline_analyzers.flow.javascript.chains import CHAINS, SKIPPED
from vetline_analyzers.flow.javascript.expressions import EXPRESSIONS
from vetline_analyzers.flow.javascript.statements import STATEMENTS
from vetline_analyzers.flow.lowering import Grammar

lower = Grammar(EXPRESSIONS, CHAINS, STATEMENTS, broken, SKIPPED).lower
