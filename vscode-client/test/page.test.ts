import assert from "node:assert/strict";
import { test } from "node:test";
import type { Blame, Review } from "../src/protocol";
import { html } from "../src/reviews/html";
import { emptyPage, page } from "../src/reviews/page";

const FRAME = { nonce: "NONCE", source: "https://webview", style: "style.css", script: "script.js" };
const EVIL = `</code><script>alert(1)</script>"'\u202e\u0007<img src=x onerror=alert(1)>`;

function blame(line: number, more: Partial<Blame> = {}): Blame {
  return {
    line,
    state: "ai",
    agent: "claude-code",
    model: "opus",
    session: "s",
    turn: "t",
    tier: "reported",
    source: "hook",
    human: "Ada <ada@example.org>",
    at: "2026-03-01T09:05:00.123Z",
    prompt_digest: "9f2c",
    modified: false,
    ...more,
  };
}

const REVIEW: Review = {
  id: "3f9a0c1d22be",
  status: "pending",
  by: "Ada",
  why: "nobody has decided yet",
  signed: false,
  at: "2026-03-01T09:05:00.123Z",
  requester: "Ada <ada@example.org>",
  path: "db.py",
  package: null,
  symbol: "find",
  lines: { start: 12, end: 14 },
  reasons: ["SQL is built from a string."],
  note: "is it safe?",
  assigned: [],
  comments: [],
  decisions: [],
  uri: "file:///shop/db.py",
  code: { text: "def find():\n    pass\n    return 1", start: 12, language: "python" },
  notShown: "",
  origins: [blame(12), blame(13), blame(14, { state: "unknown" })],
  findings: [
    {
      rule: "python/sql-from-string",
      title: "SQL",
      severity: "high",
      message: "SQL is built from a string.",
      line: 14,
      fingerprint: "f",
      trigger: false,
      suppressed: false,
    },
  ],
  digest: "d1",
  changes: "",
  suggested: [],
  decide: { may: true, why: "" },
  reject: { may: true, why: "" },
};

/** The review with something hostile in each of its texts. */
function hostile<Value>(value: Value): Value {
  if (typeof value === "string") {
    return EVIL as Value;
  }
  if (Array.isArray(value)) {
    return value.map(hostile) as Value;
  }
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hostile(inner)])) as Value;
  }
  return value;
}

test("nothing that comes from outside is markup", () => {
  const decision = { state: "", by: "", at: "", note: "", expires: "", signer: "", key: "", problem: "" };
  const given = { ...REVIEW, changes: "x", assigned: ["x"], suggested: ["x"], decisions: [decision], notShown: "x" };
  for (const bars of [hostile(given), { ...hostile(given), decide: { may: false, why: EVIL } }]) {
    const text = page({ ...bars, comments: [{ by: EVIL, at: EVIL, note: EVIL }] }, FRAME);
    assert.equal(text.match(/<script/g)?.length, 1, "our own script");
    assert.ok(text.includes("&lt;script&gt;"));
    assert.ok(!text.includes("<img"));
    const shown = text.replace(/<[^>]*>/g, "");
    assert.ok(!shown.includes("\u202e") && !shown.includes("\u0007"));
  }
  assert.ok(!emptyPage(EVIL, EVIL, FRAME).includes("<img"));
});

test("nothing runs but the script with the nonce", () => {
  const text = page(REVIEW, FRAME);
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1];
  assert.equal(
    policy,
    "default-src &#39;none&#39;; style-src https://webview; script-src &#39;nonce-NONCE&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;",
  );
  assert.ok(!/\son[a-z]+=/.test(text), "no handler in an attribute");
  assert.ok(!/\sstyle=/.test(text), "no style in an attribute");
});

test("an origin is said once for the lines that have it, and so is where a finding is", () => {
  const text = page(REVIEW, FRAME);
  assert.equal(text.match(/<td class="origin">AI<\/td>/g)?.length, 1);
  assert.equal(text.match(/<tr class="ai">/g)?.length, 2);
  assert.equal(text.match(/class="unseen">SQL is built/g)?.length, 1);
  assert.ok(text.includes("<dt>Prompt digest</dt><dd>9f2c</dd>"));
});

test("who may not decide is told why, at the button that it is about", () => {
  const barred = { may: false, why: "you asked for it" };
  const text = page({ ...REVIEW, decide: barred }, FRAME);
  assert.ok(text.includes("You cannot approve here: you asked for it."));
  assert.match(text, /data-act="approve" aria-disabled="true"/);
  assert.match(text, /data-act="reject" aria-disabled="false"/);
  assert.ok(page({ ...REVIEW, decide: barred, reject: barred }, FRAME).includes("You cannot decide here"));
});

test("who decided is named, and who sees a part only is told so", () => {
  assert.ok(page({ ...REVIEW, status: "approved", by: "Bo", why: "" }, FRAME).includes("Approved by Bo"));
  assert.ok(!page(REVIEW, FRAME).includes("by Ada</strong>"));
  assert.ok(page({ ...REVIEW, notShown: "7 more lines" }, FRAME).includes("Not all of it is shown above"));
});

test("what is signed is the code that the page shows", () => {
  assert.match(page(REVIEW, FRAME), /<body data-request="3f9a0c1d22be" data-digest="d1">/);
});

test("a package has no code, and a withdrawn review no form", () => {
  const about = { package: "pkg:pypi/requests", code: null, uri: null, lines: { start: 0, end: 0 }, symbol: "" };
  const text = page({ ...REVIEW, ...about, status: "withdrawn" }, FRAME);
  assert.ok(text.includes("This review is about a package"));
  assert.ok(!text.includes("<form>"));
  assert.ok(page({ ...REVIEW, code: null, notShown: "its file is gone" }, FRAME).includes("its file is gone"));
});

test("values are escaped in templates, markup of templates is not", () => {
  assert.equal(
    html`<b>${"<&>'\""}</b>${[html`<i>${1}</i>`, null, false]}`.text,
    "<b>&lt;&amp;&gt;&#39;&quot;</b><i>1</i>",
  );
});
