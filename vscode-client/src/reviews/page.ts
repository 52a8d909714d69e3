// The page of a review: what it is about, who wrote it, what was found, and the form to decide; knows nothing of VS Code.
import { grouped } from "../grouped";
import type { Blame, Found, Leave, Review, Status } from "../protocol";
import { runs } from "../runs";
import { count, isTouched, minute, originFacts, stateWords, visible, visibleCode } from "../words";
import { html, type Markup } from "./html";

/** What the page needs of the place where it is shown. */
export interface Frame {
  readonly nonce: string;
  readonly source: string; // VS Code's own origin for styles, as the policy names it
  readonly style: string;
  readonly script: string;
}

const STATUSES: Record<Status, [mark: string, words: string]> = {
  pending: ["●", "Waits for a decision"],
  approved: ["✓", "Approved"],
  rejected: ["✗", "Rejected"],
  withdrawn: ["–", "Withdrawn"],
  stale: ["↻", "Stale: the code was changed since"],
  expired: ["⌛", "Expired"],
  invalid: ["!", "The decision does not count"],
};
const DECIDED: ReadonlySet<Status> = new Set(["approved", "rejected", "withdrawn"]);
const MOST_CHANGES = 2000; // lines of a difference

/** The whole document. */
export function page(review: Review, frame: Frame): string {
  const body = html`${head(review)}${request(review)}${origins(review.origins)}${findings(review)}${code(review)}${changes(review.changes)}${history(review)}${form(review)}`;
  return documentOf(`Review of ${subject(review)}`, body, frame, review);
}

/** The document for a review that cannot be shown, with a sentence that says why. */
export function emptyPage(id: string, why: string, frame: Frame): string {
  const body = html`<h1>Review ${visible(id)}</h1><p role="status">${why}</p><button type="button" data-act="refresh">Try Again</button>`;
  return documentOf(`Review ${visible(id)}`, body, frame, { id, digest: "" });
}

function documentOf(title: string, body: Markup, frame: Frame, shown: Pick<Review, "id" | "digest">): string {
  const policy = `default-src 'none'; style-src ${frame.source}; script-src 'nonce-${frame.nonce}'; base-uri 'none'; form-action 'none'`;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${frame.style}">
</head>
<body data-request="${shown.id}" data-digest="${shown.digest}">
<main>${body}</main>
<script nonce="${frame.nonce}" src="${frame.script}"></script>
</body>
</html>`.text;
}

/** How people call what a review is about. */
export function subject(review: Pick<Review, "package" | "symbol" | "lines">): string {
  const { start, end } = review.lines;
  return visible(review.package ?? (review.symbol || (start === end ? `line ${start}` : `lines ${start} to ${end}`)));
}

function head(review: Review): Markup {
  const [mark, words] = STATUSES[review.status] ?? ["?", visible(review.status)];
  const why = review.why && html` <span class="why">${visible(review.why, 500)}</span>`;
  const by = DECIDED.has(review.status) && ` by ${visible(review.by)}`;
  const place = review.package ? "" : `${visible(review.path)}:${review.lines.start}`;
  const open = place && html`<button type="button" class="link" data-act="open">${place}</button>`;
  return html`<header><h1>Review of <code>${subject(review)}</code></h1>
<p class="status ${review.status}"><span class="mark" aria-hidden="true">${mark}</span> <strong>${words}${by}</strong>${why}</p>
<p class="quiet">${open} Request ${visible(review.id)}</p></header>`;
}

function facts(pairs: readonly (readonly [string, Markup | string])[]): Markup {
  return html`<dl>${pairs.filter(([, value]) => value !== "").map(([what, value]) => html`<div><dt>${what}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function list(names: readonly string[]): string {
  return names.map((name) => visible(name)).join(", ");
}

function request(review: Review): Markup {
  return html`<section aria-labelledby="asked"><h2 id="asked">Request</h2>${facts([
    ["Asked by", `${visible(review.requester) || "nobody"}${review.at ? `, ${minute(review.at)}` : ""}`],
    ["Note", visible(review.note, 2000)],
    [
      "Why",
      review.reasons.length ? html`<ul>${review.reasons.map((one) => html`<li>${visible(one, 500)}</li>`)}</ul>` : "",
    ],
    ["To look at it", list(review.assigned)],
    ["Code owners", list(review.suggested)],
  ])}</section>`;
}

function origins(blames: readonly Blame[]): Markup {
  const found = new Map<string, { blame: Blame; lines: number }>();
  for (const blame of blames) {
    const key = JSON.stringify([blame.state, blame.agent, blame.model, blame.session, blame.turn, blame.prompt_digest]);
    found.set(key, { blame, lines: (found.get(key)?.lines ?? 0) + 1 });
  }
  const rows = [...found.values()]
    .filter(({ blame }) => blame.state !== "unknown")
    .map(({ blame, lines }) => html`<li>${facts([...originFacts(blame), ["Lines", String(lines)]])}</li>`);
  const body = rows.length
    ? html`<ul class="cards">${rows}</ul>`
    : html`<p>Nothing is known of who wrote these lines.</p>`;
  return html`<section aria-labelledby="written"><h2 id="written">Who Wrote It</h2>${body}</section>`;
}

function findings(review: Review): Markup {
  const found = review.findings.filter((one) => !one.trigger);
  const triggers = review.findings.filter((one) => one.trigger);
  const none = html`<p>Nothing is found in it.</p>`;
  const look = triggers.length > 0 && html`<h3>For a person to look at</h3>${items(triggers)}`;
  return html`<section aria-labelledby="found"><h2 id="found">Findings</h2>${found.length ? items(found) : none}${look}</section>`;
}

function items(found: readonly Found[]): Markup {
  return html`<ul class="findings">${found.map(
    (one) => html`<li><span class="severity ${one.severity}">${one.trigger ? "look" : visible(one.severity)}</span>
<span>${visible(one.message, 500)}${one.suppressed && " (suppressed by a comment)"} <button type="button" class="link" data-act="line" data-value="${one.line}">Line ${one.line}</button>
<button type="button" class="link" data-act="rule" data-value="${one.rule}">${visible(one.rule)}</button></span></li>`,
  )}</ul>`;
}

function code(review: Review): Markup {
  if (!review.code) {
    const why = review.package
      ? "This review is about a package, wherever it is used."
      : `It cannot be shown: ${visible(review.notShown)}.`;
    return html`<section aria-labelledby="code"><h2 id="code">Code</h2><p>${why}</p></section>`;
  }
  const { start, text } = review.code;
  const marked = grouped(review.findings, ({ line }) => line);
  // An origin is said once for the lines that stand together.
  const heads = new Map(runs(review.origins).map((run) => [run.first + 1, stateWords(run.state)]));
  const states = new Map(review.origins.map((blame) => [blame.line, blame.state]));
  const rows = lines(text).map((line, index) => {
    const number = start + index;
    const state = states.get(number);
    const kind = state && isTouched(state) ? state : "";
    const found = marked.get(number) ?? [];
    const names = found.map((one) => visible(one.message, 300)).join("; ");
    const flag =
      found.length > 0 &&
      html`<span title="${names}"><span aria-hidden="true">▲</span><span class="unseen">${names}</span></span>`;
    return html`<tr class="${kind}"><td class="number">${number}</td><td class="origin">${heads.get(number)}</td><td class="flag">${flag}</td><td><code>${visibleCode(line)}</code></td></tr>`;
  });
  return html`<section aria-labelledby="code"><h2 id="code">Code</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Lines of code"><table>
<thead class="unseen"><tr><th scope="col">Line</th><th scope="col">Origin</th><th scope="col">Findings</th><th scope="col">Code</th></tr></thead>
<tbody>${rows}</tbody></table></div>${review.notShown && html`<p>${visible(review.notShown)}</p>`}</section>`;
}

function lines(text: string): string[] {
  return text.replace(/(\r\n|\r|\n)$/, "").split(/\r\n|\r|\n/);
}

function changes(difference: string): Markup | string {
  if (!difference) {
    return "";
  }
  const all = lines(difference);
  const shown = all.slice(0, MOST_CHANGES).map((line) => {
    const kind = line.startsWith("+") ? "added" : line.startsWith("-") ? "removed" : "";
    return html`<span class="${kind}">${visibleCode(line)}</span>\n`;
  });
  const more = all.length > MOST_CHANGES && html`<p>${count(all.length - MOST_CHANGES, "more line")}</p>`;
  return html`<section aria-labelledby="changes"><h2 id="changes">Changes Since It Was Asked For</h2>
<pre class="scroll" tabindex="0" role="region" aria-label="Lines that changed">${shown}</pre>${more}</section>`;
}

function history(review: Review): Markup | string {
  const told = [
    ...review.comments.map(({ at, by, note }) => ({ at, by, words: note })),
    ...review.decisions.map((one) => ({ at: one.at, by: one.by, words: decision(one) })),
  ].sort((a, b) => a.at.localeCompare(b.at));
  if (told.length === 0) {
    return "";
  }
  const rows = told.map(
    ({ at, by, words }) =>
      html`<li><span class="quiet">${minute(at)}</span> <strong>${visible(by)}</strong>: ${visible(words, 2000)}</li>`,
  );
  return html`<section aria-labelledby="history"><h2 id="history">History</h2><ol>${rows}</ol></section>`;
}

function decision(one: Review["decisions"][number]): string {
  const worth = one.problem ? `does not count: ${one.problem}` : one.signer ? `signed by ${one.signer}` : "unsigned";
  const until = one.expires && `until ${minute(one.expires) || one.expires}`;
  return `${[one.state, until, worth].filter(Boolean).join(", ")}${one.note ? `: ${one.note}` : ""}`;
}

function form(review: Review): Markup | string {
  if (review.status === "withdrawn") {
    return "";
  }
  const { decide, reject } = review;
  const barred = [decide, reject].find((one) => !one.may);
  const said = barred
    ? `You cannot ${decide.may ? "reject" : reject.may ? "approve" : "decide"} here: ${visible(barred.why, 500)}.`
    : "You sign with your SSH key exactly this code; you are asked for its passphrase or for a touch.";
  const unseen = review.notShown && " Not all of it is shown above: open the file and read it first.";
  // A button that cannot be used stays in reach, so that a person hears why.
  const off = (leave: Leave) => (leave.may ? "false" : "true");
  return html`<section aria-labelledby="decide"><h2 id="decide">Decide</h2>
<form><label for="note">Note: why it is safe, or what is wrong</label>
<textarea id="note" rows="3" maxlength="2000" aria-describedby="said"></textarea>
<p id="said" class="quiet">${said}${unseen} A rejection needs a note.</p>
<p class="buttons"><button type="submit" data-act="approve" aria-disabled="${off(decide)}" aria-describedby="said">Approve</button>
<button type="button" class="second" data-act="reject" aria-disabled="${off(reject)}" aria-describedby="said">Reject</button>
<button type="button" class="second" data-act="withdraw">Withdraw</button></p>
<p id="outcome" role="status" aria-live="polite"></p></form></section>`;
}
