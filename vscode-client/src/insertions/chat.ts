// For which documents VS Code's chat has just begun an edit, and which of their changes are that edit's.
//
// Before its chat changes a file VS Code opens a document with what the file was, keeps the person's own edits in
// step there, and closes it with the chat's session. It says nothing of the changes: what may be a person's is theirs.
import { type Change, ENTER, placed, type Range } from "./text";

/** How long the first change may be behind its sign, in milliseconds. */
const BEGUN = 5000;
/** How long a change may be behind the one before: VS Code takes those of one answer for one within this time. */
const STREAMED = 1000;
/** How long an edit may be in flight whatever comes. */
const LONGEST = 60_000;
/** How long what follows a person's doing may still be theirs: a suggestion they choose brings an import. */
const PERSON = 3000;

const SCHEME = "chat-editing-text-model";

/** The parts of a URI as VS Code has them. */
export interface Uri {
  readonly scheme: string;
  readonly path: string;
  readonly query: string;
}

/**
 * The path of the file that the chat edits when it opens a document; undefined when it is no such document.
 *
 * A `chat-editing-snapshot-text-model` is none: it is opened to look at what an edit was, also an old one.
 */
export function editedPath({ scheme, path, query }: Uri): string | undefined {
  return scheme === SCHEME && path !== "" && kindOf(query) === "doc" ? path : undefined;
}

function kindOf(query: string): unknown {
  try {
    return (JSON.parse(query) as { readonly kind?: unknown } | null)?.kind;
  } catch {
    return undefined;
  }
}

interface Flight {
  readonly begun: number;
  /** What the document is without the chat's edits, as of now. */
  readonly original: () => string;
  until: number;
}

/** A change of a document and where the cursors in it are. */
interface Seen {
  readonly uri: string;
  readonly at: number;
  readonly changes: readonly Change[];
  readonly cursors?: readonly Range[] | undefined;
}

/** The edits that are in flight, by the documents that they are of. */
export class Flights {
  private readonly flights = new Map<string, Flight>();
  /** When a person last did something in a document. */
  private readonly people = new Map<string, number>();

  begun(uri: string, at: number, original: () => string): void {
    this.flights.set(uri, { begun: at, original, until: at + BEGUN });
  }

  ended(uri: string): void {
    this.flights.delete(uri);
  }

  /** Whether an edit of a document may be in flight. */
  has(uri: string, at: number): boolean {
    const flight = this.flights.get(uri);
    if (flight !== undefined && at > Math.min(flight.until, flight.begun + LONGEST)) {
      this.flights.delete(uri);
    }
    return this.flights.has(uri);
  }

  /** A person did something in a document. */
  person(uri: string, at: number): void {
    this.people.set(uri, at);
  }

  /** A document was closed. */
  closed(uri: string): void {
    this.flights.delete(uri);
    this.people.delete(uri);
  }

  /** Those of the ordered changes that are the chat's; `before` is the text before them. */
  own({ uri, at, changes, cursors = [] }: Seen, before: string): Change[] {
    const flight = this.has(uri, at) ? this.flights.get(uri) : undefined;
    if (flight === undefined) {
      return [];
    }
    if (isNear(changes, cursors)) {
      this.person(uri, at);
    }
    if (at <= (this.people.get(uri) ?? Number.NEGATIVE_INFINITY) + PERSON || changes.every(isKey) || isSame(changes)) {
      return [];
    }
    flight.until = Math.max(flight.until, at + STREAMED);
    // What was rejected comes back, and what is moved was there.
    const known = [flight.original().replaceAll("\r\n", "\n"), before];
    return changes.filter(({ text }) => !known.some((each) => each.includes(text.replaceAll("\r\n", "\n").trim())));
  }
}

/** Whether it is no more than a key inserts, with what the editor closes after it, or nothing. */
function isKey({ text }: Change): boolean {
  return text.length <= 2 || ENTER.test(text);
}

/** Whether the same was put in several places: many cursors, or all that was found replaced. */
function isSame(changes: readonly Change[]): boolean {
  return changes.length > 1 && changes.every(({ text }) => text === changes[0]?.text);
}

/** Whether a cursor is in the lines of a change, before or after it. */
function isNear(changes: readonly Change[], cursors: readonly Range[]): boolean {
  const ranges = [...changes.map(({ range }) => range), ...placed(changes)];
  return cursors.some((cursor) => ranges.some((range) => shareLine(cursor, range)));
}

function shareLine(one: Range, other: Range): boolean {
  return one.start.line <= other.end.line && other.start.line <= one.end.line;
}
