// Which parts of a text are new where it took the place of another: an assistant that replaces a line repeats
// what the person typed there.
import { endOf, type Position, type Range } from "./text";

/** A stretch of a text, in UTF-16 units. */
interface Span {
  readonly start: number;
  readonly end: number;
}

const MOST = 1_000_000; // pairs of pieces that are compared; beyond it what lies between equal ends is all new
const PIECE = /\w+|\s+|[^\w\s]/gu;
const LINE = /[^\n]*\n|[^\n]+/g;

/** The ranges of what is new in `text`, which stands at `start` in the place of `removed`. */
export function fresh(removed: string, text: string, start: Position): Range[] {
  const old = removed.replaceAll("\r\n", "\n"); // the same line ends as it is compared with
  const spans = text.includes("\r\n") ? wholeLines(old, text) : between(old, text, 0);
  const words = spans.filter((span) => /\S/.test(text.slice(span.start, span.end)));
  return joined(words, text).map((span) => ({
    start: endOf(start, text.slice(0, span.start)),
    end: endOf(start, text.slice(0, span.end)),
  }));
}

/** As `between`, for a text whose lines end by two characters. */
function wholeLines(old: string, text: string): Span[] {
  const plain = text.replaceAll("\r\n", "\n");
  const at = (offset: number): number => offset + plain.slice(0, offset).split("\n").length - 1;
  return between(old, plain, 0).map(({ start, end }) => ({ start: at(start), end: at(end) }));
}

/** The spans of what is new, moved by `offset`. */
function between(old: string, text: string, offset: number): Span[] {
  const [head, tail] = same(old, text);
  const before = old.slice(head, old.length - tail);
  const after = text.slice(head, text.length - tail);
  if (after === "") {
    return [];
  }
  const whole = [{ start: offset + head, end: offset + head + after.length }];
  if (before === "") {
    return whole;
  }
  const byLine = before.includes("\n") && after.includes("\n");
  const spans = hunks(before.match(byLine ? LINE : PIECE) ?? [], after.match(byLine ? LINE : PIECE) ?? []);
  if (spans === undefined) {
    return whole;
  }
  return spans.flatMap(({ gone, came, at }) => {
    const start = offset + head + at;
    return byLine ? within(gone, came, start) : [{ start, end: start + came.length }];
  });
}

/** What is new in lines that took the place of others. */
function within(gone: string, came: string, start: number): Span[] {
  const spans = hunks(gone.match(PIECE) ?? [], came.match(PIECE) ?? []);
  return (spans ?? [{ came, at: 0 }]).map((hunk) => ({
    start: start + hunk.at,
    end: start + hunk.at + hunk.came.length,
  }));
}

interface Hunk {
  readonly gone: string;
  readonly came: string;
  /** Where `came` stands in the new text. */
  readonly at: number;
}

/** What differs between two texts in pieces; undefined when they are too many to compare. */
function hunks(old: readonly string[], made: readonly string[]): Hunk[] | undefined {
  if (old.length * made.length > MOST) {
    return undefined;
  }
  const found: Hunk[] = [];
  let [gone, came, at, here] = ["", "", 0, 0];
  const close = (): void => {
    if (came !== "") {
      found.push({ gone, came, at });
    }
    [gone, came] = ["", ""];
  };
  let [i, j] = [0, 0];
  const longest = table(old, made);
  const length = (one: number, other: number): number => longest[one * (made.length + 1) + other] ?? 0;
  while (i < old.length || j < made.length) {
    const piece = made[j] ?? "";
    if (i < old.length && j < made.length && old[i] === piece) {
      close();
      [i, j, here] = [i + 1, j + 1, here + piece.length];
      at = here;
    } else if (j >= made.length || (i < old.length && length(i + 1, j) >= length(i, j + 1))) {
      gone += old[i] ?? "";
      i += 1;
    } else {
      came += piece;
      [j, here] = [j + 1, here + piece.length];
    }
  }
  close();
  return found;
}

/** How long the longest common subsequence of what follows each pair of places is. */
function table(old: readonly string[], made: readonly string[]): Uint32Array {
  const width = made.length + 1;
  const longest = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = made.length - 1; j >= 0; j -= 1) {
      const here = i * width + j;
      const skip = Math.max(longest[here + width] ?? 0, longest[here + 1] ?? 0);
      longest[here] = old[i] === made[j] ? 1 + (longest[here + width + 1] ?? 0) : skip;
    }
  }
  return longest;
}

/** Spans of a line with only marks between them are one: who wrote a line is told by its letters and digits. */
function joined(spans: readonly Span[], text: string): Span[] {
  const made: Span[] = [];
  for (const span of spans) {
    const last = made[made.length - 1];
    if (last !== undefined && !/[\p{L}\p{N}\n]/u.test(text.slice(last.end, span.start))) {
      made[made.length - 1] = { start: last.start, end: span.end };
    } else {
      made.push(span);
    }
  }
  return made;
}

/** How many units two texts have in common at their starts and at their ends; no character is cut. */
function same(old: string, text: string): [head: number, tail: number] {
  const most = Math.min(old.length, text.length);
  let head = 0;
  while (head < most && old[head] === text[head]) {
    head += 1;
  }
  if (isInside(text, head)) {
    head -= 1;
  }
  let tail = 0;
  while (tail < most - head && old[old.length - 1 - tail] === text[text.length - 1 - tail]) {
    tail += 1;
  }
  if (isInside(text, text.length - tail)) {
    tail -= 1;
  }
  return [head, tail];
}

function isInside(text: string, index: number): boolean {
  return index > 0 && /[\uD800-\uDBFF]/.test(text[index - 1] ?? "") && /[\uDC00-\uDFFF]/.test(text[index] ?? "");
}
