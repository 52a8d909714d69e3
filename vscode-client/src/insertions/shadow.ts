// What a document's text was before a change: VS Code tells of a change when the old text is gone.
import { type Change, linesOf, ordered, type Range } from "./text";

/** A text in lines that follows the changes of a document. */
export class Shadow {
  constructor(private lines: string[]) {}

  /** Follow changes made at once; what each of them replaced, in the order of the text. */
  apply(changes: readonly Change[]): string[] {
    const sorted = ordered(changes);
    const removed = sorted.map(({ range }) => this.text(range));
    for (const { range, text } of sorted.reverse()) {
      const head = (this.lines[range.start.line] ?? "").slice(0, range.start.character);
      const tail = (this.lines[range.end.line] ?? "").slice(range.end.character);
      const made = linesOf(head + text + tail);
      this.lines = this.lines.slice(0, range.start.line).concat(made, this.lines.slice(range.end.line + 1));
    }
    return removed;
  }

  /** The text, its lines ended by line feeds. */
  toString(): string {
    return this.lines.join("\n");
  }

  private text({ start, end }: Range): string {
    if (start.line === end.line) {
      return (this.lines[start.line] ?? "").slice(start.character, end.character);
    }
    const first = (this.lines[start.line] ?? "").slice(start.character);
    const last = (this.lines[end.line] ?? "").slice(0, end.character);
    return [first, ...this.lines.slice(start.line + 1, end.line), last].join("\n");
  }
}
