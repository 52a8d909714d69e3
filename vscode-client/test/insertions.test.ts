// The detector of insertions against what a real VS Code showed, and against what people and assistants may do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { editedPath } from "../src/insertions/chat";
import { type Accept, Detector, type Insertion, type Manner } from "../src/insertions/detector";
import { fresh } from "../src/insertions/fresh";
import { told } from "../src/insertions/reasons";
import { Shadow } from "../src/insertions/shadow";
import { type Change, linesOf, ordered, type Position, placed, type Range } from "../src/insertions/text";
import { SELECTOR } from "../src/selector";
import recorded from "./insertions/recorded.json";

const URI = "file:///a.py";

/**
 * An event as `insertions/recorded.json` has it: what VS Code 1.139 told an extension while such things were done in
 * its window. `detail` is what its proposed API says of the cause, which the detector does not see here.
 */
interface Event {
  readonly type: string;
  readonly at: number;
  readonly version?: number;
  readonly reason?: number;
  readonly changes?: readonly { readonly range: readonly number[]; readonly text: string }[];
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly kind?: number | string;
  readonly ranges?: readonly (readonly number[])[];
}

function range([line = 0, character = 0, endLine = 0, endCharacter = 0]: readonly number[]): Range {
  return { start: { line, character }, end: { line: endLine, character: endCharacter } };
}

function changesOf(event: Event): Change[] {
  return (event.changes ?? []).map((each) => ({ range: range(each.range), text: each.text }));
}

/**
 * What the detector says of events, without what VS Code itself says of changes unless `trusting`, and, while the
 * chat edits the document, with the cursors where these people had them: at what they change.
 */
function replay(
  before: string,
  events: readonly Event[],
  trusting = false,
  chatting = false,
): (Insertion & { text: string })[] {
  const detector = new Detector();
  const shadow = new Shadow(linesOf(before));
  detector.opened(URI, before);
  const texts = new Map<number, string>();
  const said: Insertion[] = [];
  for (const event of events) {
    if (event.type === "change" && event.changes?.length) {
      const changes = changesOf(event);
      shadow.apply(changes);
      const version = event.version ?? 0;
      texts.set(version, shadow.toString());
      const reason = event.reason === 1 ? "undo" : event.reason === 2 ? "redo" : undefined;
      const detailedReason = trusting ? { metadata: event.detail } : undefined;
      const what = told({ detailedReason });
      if (chatting) {
        detector.chatBegan(URI, event.at, () => before);
      }
      const cursors = changes.map((each) => each.range);
      said.push(...detector.changed({ uri: URI, version, at: event.at, changes, reason, told: what, cursors }));
    } else if (event.type === "selection") {
      detector.selected(URI, event.kind === 1, event.at);
    } else if (event.type === "paste") {
      detector.pasting(URI, event.version ?? 0, (event.ranges ?? []).map(range), event.at);
    } else if (event.type === "accept") {
      said.push(...detector.accepted(event.kind as Accept, URI, event.at));
    }
  }
  return said.map((each) => ({ ...each, text: slice(texts.get(each.version) ?? "", each.range) }));
}

function offset(text: string, { line, character }: Position): number {
  const lines = text.split("\n");
  return lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0) + character;
}

function slice(text: string, { start, end }: Range): string {
  return text.slice(offset(text, start), offset(text, end));
}

const EXPECTED: Readonly<Record<string, readonly [source: string, text: string][]>> = {
  ghost: [["completion", "def ai(x):\n    y = x + 1\n    return y"]],
  "ghost over a typed prefix, then typing": [["completion", "(x):\n    return x"]],
  "ghost within a line": [["completion", "1, 2"]],
  "ghost by words": [["partial-completion", "def"]],
  "ghost by a line": [["partial-completion", "def ai(x):\n"]],
  "ghost at two cursors": [
    ["completion", " = ai(1)"],
    ["completion", " = ai(1)"],
  ],
  "ghost of a snippet": [["completion", "r x in ai(xs):\n    print(x)"]],
  "ghost in a cell": [["completion", " = ai(a)"]],
  paste: [["paste", "p = 1\nq = 2\nr = 3\n"]],
  "paste over a selection": [["paste", "other"]],
  "copy and paste of a line": [["paste", "    return a\n"]],
  "paste at two cursors": [
    ["paste", "X1"],
    ["paste", "X2"],
  ],
  "cut and paste": [["paste", "def first(a):\n    return a\n"]],
  "undo and redo": [
    ["completion", "def ai(x):\n    return x"],
    ["redo", "def ai(x):\n    return x"],
  ],
};

for (const [name, { before, events }] of Object.entries(
  recorded as Record<string, { before: string; events: Event[] }>,
)) {
  test(`recorded: ${name}`, () => {
    const said = replay(before, events);
    assert.deepEqual(
      said.map((each) => [each.source, each.text]),
      name === "inline edit" ? said.map((each) => ["completion", each.text]) : (EXPECTED[name] ?? []),
    );
    const says = (version: number): string =>
      String(events.find((event) => event.type === "change" && event.version === version)?.detail?.source);
    // What has places to fill in comes as a snippet, right after what it takes the place of went.
    const isAi = (version: number): boolean =>
      /^inlineCompletion/.test(says(version)) || (says(version) === "snippet" && isAi(version - 1));
    for (const each of said.filter(({ source }) => /completion/.test(source))) {
      assert.ok(isAi(each.version), `VS Code itself says that version ${each.version} is no assistant's`);
    }
  });

  test(`recorded, where VS Code says why: ${name}`, () => {
    const ai = (all: readonly { source: string; text: string }[]) =>
      all.filter(({ source }) => /completion/.test(source)).map(({ source, text }) => [source, text]);
    assert.deepEqual(ai(replay(before, events, true)), ai(replay(before, events)));
  });
}

test("what people did in a real VS Code is not the chat's while its edit is in flight", () => {
  const people = ["typing", "ime", "suggested snippet", "suggested word", "inserted snippet", "paste", "cut and paste"];
  people.push(
    "typing at three cursors",
    "copy, move and comment a line",
    "pairs that close themselves",
    "undo and redo",
  );
  people.push(
    "paste over a selection",
    "copy and paste of a line",
    "paste at two cursors",
    "paste, then typing at once",
  );
  for (const name of people) {
    const { before, events } = (recorded as Record<string, { before: string; events: Event[] }>)[name] ?? {};
    assert.ok(before !== undefined && events !== undefined, name);
    assert.deepEqual(
      replay(before, events, false, true).filter(({ source }) => source === "chat"),
      [],
      name,
    );
  }
});

/** Numbers that look random and are the same each time (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A document, who wrote each of its characters, and an editor that tells a detector what a real one shows. */
class Session {
  text = "";
  authors = "";
  version = 1;
  at = 0;
  said: Insertion[] = [];
  private readonly detector = new Detector();
  /** What the document is without the chat's edits. */
  private original = "";

  constructor(private readonly pick: (below: number) => number) {
    this.detector.opened(URI, "");
  }

  position(at: number): Position {
    const lines = linesOf(this.text.slice(0, at));
    return { line: lines.length - 1, character: lines[lines.length - 1]?.length ?? 0 };
  }

  /** A change, a person's at their cursor. */
  change(start: number, end: number, text: string, authors: string, reason?: "undo" | "redo", isAtCursor = true): void {
    const at = { start: this.position(start), end: this.position(end) };
    const cursors = isAtCursor ? [at] : [];
    this.text = this.text.slice(0, start) + text + this.text.slice(end);
    this.authors = this.authors.slice(0, start) + authors + this.authors.slice(end);
    this.version += 1;
    const event = { uri: URI, version: this.version, at: this.at, changes: [{ range: at, text }], reason, cursors };
    this.take(this.detector.changed(event));
  }

  /** One thing that a person, an assistant or somebody else does. */
  step(): void {
    this.at += this.pick(40);
    const start = this.pick(this.text.length + 1);
    const end = Math.min(this.text.length, start + this.pick(6));
    const words = ["foo", "bar = 1", "return x\n", "if a:\n    b()\n", "(", "x, y"];
    const some = words[this.pick(words.length)] ?? "";
    const typed = ["a", "()", "Z", "\n    ", " "][this.pick(5)] ?? "";
    switch (this.pick(10)) {
      case 7: // the file is saved, or the chat begins an edit a while after
        this.at += 3600;
        if (this.pick(4)) {
          this.begin();
        } else {
          this.detector.chatEnded(URI);
        }
        return;
      case 8: // an older editor, which says nothing of pastes, or a snippet that the person wrote
        this.change(start, end, some, "h".repeat(some.length));
        this.detector.selected(URI, false, this.at);
        this.at += 600; // nobody accepts right then
        break;
      case 9:
        this.chat(start, end, some);
        return;
      case 0:
      case 1:
        this.change(start, this.pick(4) ? start : end, typed, "h".repeat(typed.length));
        this.detector.selected(URI, !typed.startsWith("\n"), this.at);
        break;
      case 2:
        this.detector.pasting(URI, this.version, [{ start: this.position(start), end: this.position(end) }], this.at);
        this.change(start, end, some, "h".repeat(some.length));
        this.detector.selected(URI, false, this.at);
        break;
      case 3: // a formatter, an extension, another program: nobody's word, and nobody accepts right then
        this.detector.chatEnded(URI); // the file is saved
        this.change(start, end, some, "o".repeat(some.length));
        this.at += 600;
        break;
      case 4: {
        const [text, authors] = [this.text, this.authors];
        this.change(0, text.length, "", "", "undo");
        this.change(0, 0, text, authors, "redo");
        break;
      }
      case 5: // keys that accept where nothing is proposed
        break;
      default:
        this.accept(end, some);
        return;
    }
    this.take(this.detector.accepted("completion", URI, this.at));
  }

  private begin(): void {
    this.original = this.text;
    this.detector.chatBegan(URI, this.at, () => this.original);
  }

  /** The chat changes something while the person does what they do, moves a text, or puts back what was. */
  private chat(start: number, end: number, proposal: string): void {
    if (this.pick(2)) {
      this.at += 3600;
      this.begin();
    }
    const isRejected = this.pick(4) === 0;
    const [at, until] = isRejected ? [0, this.text.length] : [start, end];
    const moved = this.pick(3) === 0 ? this.text.slice(start, start + 12) : "";
    const movedBy = this.authors.slice(start, start + moved.length);
    const text = isRejected ? this.original : moved || `${proposal}ai(${this.version})`;
    const authors = isRejected ? "h".repeat(text.length) : moved ? movedBy : "a".repeat(text.length);
    this.change(at, until, text, authors, undefined, false);
    this.at += 600; // nobody accepts right then
  }

  /** The assistant repeats what stands in the line before the cursor. */
  private accept(cursor: number, proposal: string): void {
    const line = this.text.slice(0, cursor).split("\n").at(-1) ?? "";
    const repeated = this.pick(line.length + 1);
    const start = cursor - repeated;
    const known = this.authors.slice(start, cursor);
    this.change(start, cursor, this.text.slice(start, cursor) + proposal, known + "a".repeat(proposal.length));
    this.detector.selected(URI, false, this.at);
    const before = this.said.length;
    this.take(this.detector.accepted(this.pick(2) ? "completion" : "partial-completion", URI, this.at));
    assert.equal(this.said.length - before, /\S/.test(proposal) ? 1 : 0, "each accept is told");
  }

  private take(said: readonly Insertion[]): void {
    for (const each of said) {
      assert.equal(each.version, this.version);
      const [start, end] = [offset(this.text, each.range.start), offset(this.text, each.range.end)];
      assert.ok(start < end && end <= this.text.length);
      if (/completion|chat/.test(each.source)) {
        assert.match(this.authors.slice(start, end), /^a+$/, "what a person wrote is called an assistant's");
      }
    }
    this.said.push(...said);
  }
}

test("nothing that a person typed or pasted is called an assistant's, whatever happens around it", () => {
  let [claims, chats] = [0, 0];
  for (let seed = 1; seed <= 500; seed += 1) {
    const session = new Session(random(seed));
    for (let steps = 0; steps < 60; steps += 1) {
      session.step();
    }
    claims += session.said.filter(({ source }) => /completion/.test(source)).length;
    chats += session.said.filter(({ source }) => source === "chat").length;
  }
  assert.ok(claims > 2000, `${claims} accepts were seen`);
  assert.ok(chats > 300, `${chats} edits of the chat were seen`);
});

test("an accept explains no change that is old, of another document, or told by the editor to be another's", () => {
  const changes = [{ range: range([0, 0, 0, 0]), text: "def f():\n    pass\n" }];
  const after = (event: { told?: Manner | null; reason?: "undo" }, at: number, uri = URI): readonly string[] => {
    const detector = new Detector();
    detector.opened(URI, "");
    detector.changed({ uri: URI, version: 2, at: 0, changes, ...event });
    return detector.accepted("completion", uri, at).map(({ source }) => source);
  };
  assert.deepEqual(after({}, 400), ["completion"]);
  assert.deepEqual(after({}, 600), []);
  assert.deepEqual(after({}, 0, "file:///b.py"), []);
  assert.deepEqual(after({ reason: "undo" }, 0), []);
  assert.deepEqual(after({ told: null }, 0), []);
});

const BLOCK = "def ai(x):\n    return x\n";

/** What is said to be the chat's of a change, made at a time after its edit began; the cursor is in line 9. */
function ofChat(at: number, event: object = {}, prepare: (detector: Detector) => void = () => undefined): string[] {
  const detector = new Detector();
  const before = "old = 1\n".repeat(20);
  detector.opened(URI, before);
  detector.chatBegan(URI, 0, () => before);
  prepare(detector);
  const cursors = [range([9, 4, 9, 4])];
  const changes = [{ range: range([3, 0, 3, 0]), text: BLOCK }];
  return detector.changed({ uri: URI, version: 2, at, changes, cursors, ...event }).map(({ source }) => source);
}

test("a change is the chat's while its edit of that document is in flight, and not after", () => {
  assert.deepEqual(ofChat(0), ["chat"]);
  assert.deepEqual(ofChat(5000), ["chat"]);
  assert.deepEqual(ofChat(5001), []);
  assert.deepEqual(ofChat(0, { uri: "file:///b.py" }), []);
  const ended = (detector: Detector) => detector.chatEnded(URI);
  assert.deepEqual(ofChat(0, {}, ended), []);
  const closed = (detector: Detector) => detector.closed(URI);
  assert.deepEqual(ofChat(0, {}, closed), []);
});

test("what streams in is the chat's until it pauses, and not forever", () => {
  const detector = new Detector();
  detector.opened(URI, "");
  detector.chatBegan(URI, 0, () => "");
  const claimed = (version: number, at: number): boolean => {
    const change = { range: range([0, 0, 0, 0]), text: `line_${version} = 1\n` };
    return detector.changed({ uri: URI, version, at, changes: [change] }).length > 0;
  };
  let last = 0;
  for (let [version, at] = [2, 0]; at < 100_000; version += 1, at += 900) {
    last = claimed(version, at) ? at : last;
  }
  assert.equal(last, 59_400);
  detector.chatBegan(URI, 200_000, () => "");
  assert.ok(claimed(200, 204_900) && claimed(201, 205_900) && !claimed(202, 206_901));
});

test("what may be a person's or somebody else's is not the chat's", () => {
  const at = (numbers: readonly number[], text: string) => ({ changes: [{ range: range(numbers), text }] });
  assert.deepEqual(ofChat(0, at([9, 0, 9, 0], "# word ")), [], "in the line of the cursor");
  assert.deepEqual(ofChat(0, at([3, 0, 3, 0], "()")), [], "a key");
  assert.deepEqual(ofChat(0, at([3, 7, 3, 7], "\n    ")), [], "Enter");
  assert.deepEqual(ofChat(0, at([3, 0, 4, 0], "")), [], "nothing came");
  assert.deepEqual(ofChat(0, at([3, 0, 3, 0], "old = 1\nold = 1\n")), [], "it was there");
  const everywhere = [3, 5].map((line) => ({ range: range([line, 0, line, 3]), text: "found" }));
  assert.deepEqual(ofChat(0, { changes: everywhere }), [], "replaced everywhere");
  assert.deepEqual(ofChat(0, { clean: true }), [], "read from the disk");
  assert.deepEqual(ofChat(0, { told: null }), []);
  assert.deepEqual(ofChat(0, { reason: "undo" }), ["undo"]);
  const pasting = (detector: Detector) => detector.pasting(URI, 1, [range([3, 0, 3, 0])], 0);
  assert.deepEqual(ofChat(0, {}, pasting), ["paste"]);
  const typing = (detector: Detector) => detector.selected(URI, true, 0);
  assert.deepEqual(ofChat(3000, {}, typing), [], "right after a key");
  assert.deepEqual(ofChat(3001, {}, typing), ["chat"]);
  const mirrored = (detector: Detector) => detector.person(URI, 0);
  assert.deepEqual(ofChat(3000, {}, mirrored), []);
});

test("the first change of a document is told when VS Code calls the document changed", () => {
  const dirtied = (uri: string, version: number, other?: string): number => {
    const detector = new Detector();
    detector.opened(URI, "");
    detector.chatBegan(URI, 0, () => "");
    const changes = [{ range: range([0, 0, 0, 0]), text: BLOCK }];
    assert.deepEqual(detector.changed({ uri: URI, version: 2, at: 0, changes, clean: true }), []);
    if (other !== undefined) {
      detector.changed({ uri: other, version: 3, at: 0, changes: [{ range: range([0, 0, 0, 0]), text: "x" }] });
    }
    const said = detector.dirtied(uri, version);
    assert.deepEqual(detector.dirtied(uri, version), [], "twice");
    return said.length;
  };
  assert.equal(dirtied(URI, 2), 1);
  assert.equal(dirtied(URI, 3), 0);
  assert.equal(dirtied("file:///b.py", 2), 0);
  assert.equal(dirtied(URI, 2, URI), 0);
});

test("what the chat moves remains whose it was, with what it adds to it", () => {
  const detector = new Detector();
  const before = `${"x = 0\n".repeat(5)}typed_by_hand(1)\nmore(2)\n`;
  detector.opened(URI, before);
  detector.chatBegan(URI, 0, () => "");
  const changes = [
    { range: range([5, 0, 7, 0]), text: "" },
    { range: range([0, 0, 0, 0]), text: "def ai():\n    typed_by_hand(1)\n    more(2)\n" },
  ];
  const [said, ...others] = detector.changed({ uri: URI, version: 2, at: 0, changes });
  assert.deepEqual([said?.range, others], [range([0, 0, 1, 4]), []]);
});

test("what the chat is told to have made is not an accept's too", () => {
  const detector = new Detector();
  detector.opened(URI, "");
  detector.chatBegan(URI, 0, () => "");
  const changes = [{ range: range([0, 0, 0, 0]), text: BLOCK }];
  assert.equal(detector.changed({ uri: URI, version: 2, at: 0, changes }).length, 1);
  assert.deepEqual(detector.accepted("completion", URI, 1), []);
});

test("the document that the chat opens before it edits a file is known, and no other; none of them is served", () => {
  const scheme = "chat-editing-text-model";
  const query = JSON.stringify({ kind: "doc", documentId: "1", chatSessionResource: { scheme: "x" } });
  assert.equal(editedPath({ scheme, path: "/w/a.py", query }), "/w/a.py");
  assert.equal(editedPath({ scheme, path: "/w/a.py", query: '{"kind":"empty"}' }), undefined);
  assert.equal(editedPath({ scheme, path: "", query }), undefined);
  for (const bad of ["", "null", "{", "[]", "1"]) {
    assert.equal(editedPath({ scheme, path: "/w/a.py", query: bad }), undefined);
  }
  assert.equal(editedPath({ scheme: "chat-editing-snapshot-text-model", path: "/w/a.py", query }), undefined);
  assert.equal(editedPath({ scheme: "file", path: "/w/a.py", query }), undefined);
  assert.deepEqual([...new Set(SELECTOR.map((each) => each.scheme))], ["file", "untitled", "vscode-notebook-cell"]);
});

test("of a text whose past is not known nothing is claimed that took the place of something", () => {
  const detector = new Detector();
  const change = (numbers: readonly number[]) =>
    detector.changed({ uri: URI, version: 2, at: 0, changes: [{ range: range(numbers), text: "def f(x): pass" }] });
  change([0, 0, 0, 5]);
  assert.deepEqual(detector.accepted("completion", URI, 1), []);
  change([0, 0, 0, 0]);
  assert.equal(detector.accepted("completion", URI, 1).length, 1);
});

test("a change in more places than anybody can tell apart is left alone", () => {
  const detector = new Detector();
  const lines = Array.from({ length: 2000 }, (_, line) => line);
  detector.opened(URI, lines.join("\n"));
  const changes = lines.map((line) => ({ range: range([line, 0, line, 0]), text: "word " }));
  assert.deepEqual(detector.changed({ uri: URI, version: 2, at: 0, changes, reason: "undo" }), []);
  detector.changed({ uri: URI, version: 3, at: 0, changes });
  assert.deepEqual(detector.accepted("completion", URI, 1), []);
});

test("what VS Code itself says is taken, and nobody is named where it names nobody", () => {
  const of = (metadata: Record<string, unknown>) => told({ detailedReason: { metadata } });
  assert.deepEqual(of({ source: "inlineCompletionAccept", $extensionId: "some.ai" }), {
    source: "completion",
    agent: "some.ai",
  });
  assert.equal(of({ source: "inlineCompletionAccept" }), null);
  assert.deepEqual(of({ source: "Chat.applyEdits", $extensionId: "x.y", $modelId: "m", $$sessionId: "s" }), {
    source: "chat",
    agent: "x.y",
    model: "m",
    session: "s",
    turn: "",
  });
  assert.deepEqual(of({ source: "cursor", kind: "paste" }), { source: "paste" });
  assert.equal(of({ source: "cursor", kind: "type" }), null);
  assert.equal(of({ source: "reloadFromDisk" }), null); // whoever wrote the file tells the server
  assert.equal(told({}), undefined);
  assert.equal(told({ detailedReason: undefined }), undefined);
});

test("what an assistant repeats is not new", () => {
  const news = (removed: string, text: string) =>
    fresh(removed, text, { line: 0, character: 0 }).map((each) => slice(text.replaceAll("\r\n", "\n"), each));
  assert.deepEqual(news("", "a = 1"), ["a = 1"]);
  assert.deepEqual(news("a = 1", "a = 1"), []);
  assert.deepEqual(news("total = f(a)", "total = f(a, b)"), [", b"]);
  assert.deepEqual(news("def old(a):\n    return a\n", "def new(a, c):\n    log(a)\n    return a\n"), [
    "new",
    ", c):\n    log(a)",
  ]);
  assert.deepEqual(news("a\n  b\n", "a\r\n  b\r\nc\r\n"), ["c\n"]);
  assert.deepEqual(news("x = '😀'", "x = '😁'"), ["😁"]);
  assert.deepEqual(news("a=1", "a = 1"), []);
});

test("what is left when the new is taken away stood there before, in its order", () => {
  const pick = random(7);
  const words = ["a", "bb", "c1", " ", "\n", "(", "=", "é", "😀", "\n  "];
  const some = () => Array.from({ length: pick(14) }, () => words[pick(words.length)] ?? "").join("");
  for (let round = 0; round < 3000; round += 1) {
    const [removed, text] = [some(), some()];
    let rest = text;
    for (const each of fresh(removed, text, { line: 0, character: 0 }).reverse()) {
      rest = rest.slice(0, offset(text, each.start)) + rest.slice(offset(text, each.end));
    }
    let at = 0;
    for (const letter of rest.replaceAll(/[^\p{L}\p{N}]/gu, "")) {
      at = removed.indexOf(letter, at) + 1;
      assert.ok(at > 0, JSON.stringify([removed, text, rest]));
    }
  }
});

test("places and shadows agree with the text", () => {
  const pick = random(11);
  const words = ["", "x", "yy\n", "\n", "a\r\nb", "long\nlines\n\n"];
  for (let round = 0; round < 2000; round += 1) {
    const text = Array.from({ length: 12 }, () => words[pick(words.length)] ?? "")
      .join("")
      .replaceAll("\r\n", "\n");
    const cuts = Array.from({ length: 2 * (1 + pick(3)) }, () => pick(text.length + 1)).sort((a, b) => a - b);
    const place = (at: number): Position => {
      const lines = text.slice(0, at).split("\n");
      return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
    };
    const changes: Change[] = [];
    let [made, last] = ["", 0];
    for (let index = 0; index < cuts.length; index += 2) {
      const [start = 0, end = 0] = [cuts[index], cuts[index + 1]];
      const put = words[pick(words.length)] ?? "";
      changes.push({ range: { start: place(start), end: place(end) }, text: put });
      made += text.slice(last, start) + put.replaceAll("\r\n", "\n");
      last = end;
    }
    made += text.slice(last);
    const shadow = new Shadow(linesOf(text));
    const removed = shadow.apply(changes.toReversed());
    assert.equal(shadow.toString(), made);
    assert.deepEqual(
      removed,
      changes.map((each) => slice(text, each.range)),
    );
    const stands = placed(ordered(changes.toReversed())).map((each) => slice(made, each));
    assert.deepEqual(
      stands,
      changes.map((each) => each.text.replaceAll("\r\n", "\n")),
    );
  }
});
