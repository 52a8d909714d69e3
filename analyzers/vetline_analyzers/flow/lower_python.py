"""Python's trees, lowered to what the flow machine runs."""

from vetline_analyzers.flow.lowering import Grammar
from vetline_analyzers.flow.python.broken import broken
from vetline_analyzers.flow.python.chains import CHAINS, SKIPPED
from vetline_analyzers.flow.python.expressions import EXPRESSIONS
from vetline_analyzers.flow.python.statements import STATEMENTS

lower = Grammar(EXPRESSIONS, CHAINS, STATEMENTS, broken, SKIPPED).lower
