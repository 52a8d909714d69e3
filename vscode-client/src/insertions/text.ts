// Texts in lines and what changes do to them, as LSP and VS Code count: lines and UTF-16 columns from 0.

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** A range of the text before that was replaced; several made at once are all of the same text before. */
export interface Change {
  readonly range: Range;
  readonly text: string;
}

/** What Enter inserts: a person's key, though the editor does not call it one. */
export const ENTER = /^(\r\n|\n|\r)[ \t]*$/;

const BREAK = /\r\n|\r|\n/;

export function linesOf(text: string): string[] {
  return text.split(BREAK);
}

export function compare(one: Position, other: Position): number {
  return one.line - other.line || one.character - other.character;
}

export function isEmpty(range: Range): boolean {
  return compare(range.start, range.end) === 0;
}

/** Where a text ends that starts at a place. */
export function endOf(start: Position, text: string): Position {
  const lines = linesOf(text);
  const last = lines[lines.length - 1] ?? "";
  return {
    line: start.line + lines.length - 1,
    character: (lines.length === 1 ? start.character : 0) + last.length,
  };
}

/** In the order of the text; VS Code gives changes made at once from its end to its start. */
export function ordered<Each extends Change>(changes: readonly Each[]): Each[] {
  const [first, last] = [changes[0], changes[changes.length - 1]];
  const falling = first !== undefined && last !== undefined && compare(first.range.start, last.range.start) >= 0;
  // Those at one place keep their order.
  return (falling ? changes.toReversed() : [...changes]).sort((a, b) => compare(a.range.start, b.range.start));
}

/** Where each change's text stands afterwards; the changes are ordered. */
export function placed(changes: readonly Change[]): Range[] {
  let lines = 0;
  let columns = 0;
  let line = -1; // of the text before, for which `columns` counts
  return changes.map(({ range, text }) => {
    const shifted = range.start.line === line ? columns : 0;
    const start = { line: range.start.line + lines, character: range.start.character + shifted };
    const end = endOf(start, text);
    lines = end.line - range.end.line;
    columns = end.character - range.end.character;
    line = range.end.line;
    return { start, end };
  });
}
