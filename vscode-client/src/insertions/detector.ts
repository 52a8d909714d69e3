// Decides how text came into documents, from what an editor shows of it: changes, selections, accepts, pastes.
//
// An AI is named only where an accept was seen and the change that it made, or the chat's edit of a document was seen
// to begin and nothing speaks for a person; and of that change only what was not there before. Everything else is left
// to the server, which knows how to doubt.
import { Flights } from "./chat";
import { fresh } from "./fresh";
import { Shadow } from "./shadow";
import { type Change, compare, ENTER, isEmpty, linesOf, ordered, placed, type Range } from "./text";

/** How long an accept may be behind its change, in milliseconds: both come in one burst. */
const ACCEPTED = 500;
/** How long a paste may be ahead of its change: other extensions may still turn its text into another. */
const PASTED = 10_000;
/** How long what an assistant removes first may be ahead of what it puts there. */
const REMOVED = 50;
/** The places of one change beyond which it is not told any more what came from where. */
const MOST = 1000;

/** How text came in, and by whom as far as that is known: the words of docs/protocol.md. */
export interface Manner {
  readonly source: string;
  readonly agent?: string;
  readonly model?: string;
  readonly session?: string;
  readonly turn?: string;
}

/** What is to be said of one document. */
export interface Insertion extends Manner {
  readonly uri: string;
  /** The document's version after the change. */
  readonly version: number;
  readonly range: Range;
}

export interface Changed {
  readonly uri: string;
  /** The document's version after it. */
  readonly version: number;
  /** When, in milliseconds. */
  readonly at: number;
  readonly changes: readonly Change[];
  readonly reason?: "undo" | "redo" | undefined;
  /** What the editor itself says of it, where it does; null when nobody needs a message. */
  readonly told?: Manner | null | undefined;
  /** Where the cursors in the document are, in whatever editor shows it. */
  readonly cursors?: readonly Range[] | undefined;
  /** The document is not called changed (yet): it may have been read from the disk again. */
  readonly clean?: boolean | undefined;
}

export type Accept = "completion" | "partial-completion";

interface Unexplained {
  readonly uri: string;
  readonly version: number;
  readonly at: number;
  readonly changes: readonly Change[];
  /** What each of them replaced; undefined when that is not known. */
  readonly removed: readonly string[] | undefined;
}

interface Paste {
  readonly uri: string;
  readonly version: number;
  readonly at: number;
  readonly ranges: readonly Range[];
}

/** Told of everything in the order in which it happened. */
export class Detector {
  private readonly shadows = new Map<string, Shadow>();
  private readonly flights = new Flights();
  private last: Unexplained | undefined;
  private paste: Paste | undefined;
  /** What is to be said if the document turns out to be changed, not read again. */
  private held: readonly Insertion[] = [];

  /** From now on it is known what changes of a document replace. */
  opened(uri: string, text: string): void {
    this.shadows.set(uri, new Shadow(linesOf(text)));
  }

  knows(uri: string): boolean {
    return this.shadows.has(uri);
  }

  closed(uri: string): void {
    this.shadows.delete(uri);
    this.flights.closed(uri);
    this.last = this.last?.uri === uri ? undefined : this.last;
  }

  /** A document changed; what is to be said of it at once. */
  changed(event: Changed): Insertion[] {
    const shadow = this.shadows.get(event.uri);
    const text = this.flights.has(event.uri, event.at) ? shadow?.toString() : undefined;
    const now = { ...event, removed: shadow?.apply(event.changes), changes: ordered(event.changes) };
    const before = this.last;
    this.last = undefined;
    this.held = [];
    const isPaste = event.reason === undefined && event.told === undefined && this.isPaste(now);
    if (isPaste || event.reason !== undefined || event.told !== undefined) {
      this.flights.person(event.uri, event.at);
    }
    if (event.reason !== undefined) {
      return all(now, { source: event.reason });
    }
    if (event.told !== undefined) {
      this.last = event.told !== null && only(now)?.text === "" ? now : undefined;
      return event.told === null ? [] : this.said(now, event.told);
    }
    if (isPaste) {
      return now.changes.some(isMore) ? all(now, { source: "paste" }) : [];
    }
    const chat = text === undefined || now.changes.length > MOST ? [] : this.flights.own(now, text);
    this.last = chat.length > 0 ? undefined : afterRemoval(before, now);
    const said = chat.length > 0 ? news(now, { source: "chat" }, new Set(chat)) : [];
    this.held = event.clean === true ? said : [];
    return event.clean === true ? [] : said;
  }

  /** A document is called changed now, at a version: its last change was no reload. */
  dirtied(uri: string, version: number): readonly Insertion[] {
    const held = this.held;
    this.held = [];
    return held.filter((each) => each.uri === uri && each.version === version);
  }

  /** The chat is about to edit a document; `original` gives what the document is without its edits. */
  chatBegan(uri: string, at: number, original: () => string): void {
    this.flights.begun(uri, at, original);
  }

  /** The chat's edit of a document is over, or others edit it now: who saves it has it formatted. */
  chatEnded(uri: string): void {
    this.flights.ended(uri);
  }

  /** A person did something in a document that is no change of it. */
  person(uri: string, at: number): void {
    this.flights.person(uri, at);
  }

  /** The selection in a document changed, by a key that was typed or otherwise. */
  selected(uri: string, typed: boolean, at: number): void {
    if (typed) {
      this.flights.person(uri, at);
    }
    if (typed && this.last?.uri === uri) {
      this.last = undefined;
    }
  }

  /** The person is about to paste at ranges of a document of a version. */
  pasting(uri: string, version: number, ranges: readonly Range[], at: number): void {
    this.paste = { uri, version, ranges, at };
    this.flights.person(uri, at);
  }

  /** The person accepted what an assistant proposed, in the document where they are; it is there by now. */
  accepted(source: Accept, uri: string | undefined, at: number): Insertion[] {
    const last = this.last;
    this.last = undefined;
    if (uri !== undefined) {
      this.flights.person(uri, at);
    }
    const isIts = last !== undefined && last.uri === uri && at - last.at <= ACCEPTED;
    return isIts && !isEnter(last) ? this.said(last, { source }) : [];
  }

  /** What is to be said of a change in some manner; of an AI's only what is new. */
  private said(change: Unexplained, manner: Manner): Insertion[] {
    return HUMAN.has(manner.source) ? all(change, manner) : news(change, manner);
  }

  /** Whether a change is the paste that was about to be made, or the key that cancelled it. */
  private isPaste({ uri, version, at, changes }: Unexplained): boolean {
    const paste = this.paste;
    if (paste === undefined || paste.uri !== uri || version <= paste.version) {
      return false;
    }
    this.paste = undefined;
    const isNext = version === paste.version + 1 && at - paste.at <= PASTED;
    // What was copied as a whole line goes above the line of the cursor.
    const isThere = ({ range, text }: Change): boolean =>
      paste.ranges.some((own) => touch(own, range) || isLineAbove(range, own, text));
    return isNext && changes.every(isThere);
  }
}

/** Whether it is more than a key's. */
function isMore({ text }: Change): boolean {
  return text.length > 1 && !ENTER.test(text);
}

/** The sources of docs/protocol.md that say that it is no AI's doing. */
const HUMAN = new Set(["paste", "undo", "redo", "format", "snippet", "rename", "reload", "typed"]);

function all(change: Unexplained, manner: Manner): Insertion[] {
  const { uri, version, changes } = change;
  const ranges = changes.length > MOST ? [] : placed(changes);
  return ranges.filter((range) => !isEmpty(range)).map((range) => ({ uri, version, range, ...manner }));
}

/** The insertions of what is new in a change, or in some of it; none where it is not known what it replaced. */
function news(change: Unexplained, manner: Manner, some?: ReadonlySet<Change>): Insertion[] {
  const { uri, version, changes, removed } = change;
  if (changes.length > MOST) {
    return [];
  }
  const starts = placed(changes);
  // Of several changes one may put elsewhere what another took away.
  const every = some === undefined ? undefined : removed?.join("\n");
  return changes.flatMap((each, index) => {
    const gone = every ?? removed?.[index] ?? (isEmpty(each.range) ? "" : undefined);
    const start = starts[index]?.start;
    const isMeant = some?.has(each) ?? true;
    const ranges = gone === undefined || start === undefined || !isMeant ? [] : fresh(gone, each.text, start);
    return ranges.map((found) => ({ uri, version, range: found, ...manner }));
  });
}

/** A proposal that has places to fill in comes in two changes: what it replaces goes, then it comes. */
function afterRemoval(before: Unexplained | undefined, now: Unexplained): Unexplained {
  if (before?.uri !== now.uri || before.version + 1 !== now.version || now.at - before.at > REMOVED) {
    return now;
  }
  const [gone, came] = [only(before), only(now)];
  const isPair = gone?.text === "" && came !== undefined && isEmpty(came.range);
  return isPair && compare(gone.range.start, came.range.start) === 0 ? { ...now, removed: before.removed } : now;
}

function only({ changes }: Unexplained): Change | undefined {
  return changes.length === 1 ? changes[0] : undefined;
}

function isEnter({ changes }: Unexplained): boolean {
  return changes.every(({ text }) => text === "" || ENTER.test(text));
}

function touch(one: Range, other: Range): boolean {
  return compare(one.start, other.end) <= 0 && compare(other.start, one.end) <= 0;
}

function isLineAbove(range: Range, cursor: Range, text: string): boolean {
  const isLine = range.start.character === 0 && linesOf(text).at(-1) === "";
  return isLine && isEmpty(range) && isEmpty(cursor) && range.start.line === cursor.start.line;
}
