// The Vetline view: three trees, what refreshes them, and what can be done with their rows.
import * as vscode from "vscode";
import type { Sighting } from "./diagnostics";
import type { Host } from "./host";
import type { Session } from "./protocol";
import { reviewsOf } from "./reviews/store";
import { type Branch, Forest } from "./trees/branch";
import { type FindingBranch, findings } from "./trees/findings";
import { type ReviewBranch, reviews } from "./trees/reviews";
import { type SessionBranch, sessions } from "./trees/sessions";
import { count } from "./words";

const PAUSE = 200; // milliseconds in which several changes become one
const REST = 2_000; // the same for sessions, which the server looks for in the whole project
const LOOK = 10_000; // milliseconds that the server may take for a first look at a file

/** Show the trees and offer the commands of their rows. */
export function register(context: vscode.ExtensionContext, host: Host): void {
  const renew = [showFindings(context), showReviews(context, host), showSessions(context, host)];
  const command = (id: string, run: (row: never) => unknown) =>
    context.subscriptions.push(vscode.commands.registerCommand(id, run));
  command("vetline.refresh", () => Promise.all(renew.map((one) => one())));
  command("vetline.tree.requestReview", async ({ sighting }: FindingBranch) => {
    await shown(sighting);
    const { fingerprint } = sighting.data;
    await vscode.commands.executeCommand("vetline.requestReview", { uri: sighting.uri.toString(), fingerprint });
  });
  command("vetline.tree.openRulePage", ({ sighting }: FindingBranch) =>
    vscode.commands.executeCommand("vetline.openRulePage", sighting.rule),
  );
  // A list is no place to approve from: who decides has the code before them, in the panel or under the lens.
  command("vetline.tree.withdraw", ({ review }: ReviewBranch) =>
    vscode.commands.executeCommand("vetline.withdrawReview", { request: review.id }),
  );
  command("vetline.tree.copySession", ({ session }: SessionBranch) => vscode.env.clipboard.writeText(session.session));
}

/** Open the file of a finding: the server knows only those of files that are open, once it has looked at them. */
async function shown({ uri, diagnostic }: Sighting): Promise<void> {
  const isOpen = vscode.workspace.textDocuments.some((one) => one.uri.toString() === uri.toString());
  const looked = isOpen ? undefined : lookedAt(uri);
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { selection: diagnostic.range });
  await looked;
}

/** Resolves when diagnostics of a file come, or when none did for a while. */
function lookedAt(uri: vscode.Uri): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      heard.dispose();
      resolve();
    };
    const timer = setTimeout(end, LOOK);
    const heard = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      if (uris.some((one) => one.toString() === uri.toString())) {
        end();
      }
    });
  });
}

function view(context: vscode.ExtensionContext, id: string, forest: Forest): vscode.TreeView<Branch> {
  const made = vscode.window.createTreeView(id, { treeDataProvider: forest, showCollapseAll: true });
  context.subscriptions.push(forest, made);
  return made;
}

function showFindings(context: vscode.ExtensionContext): () => void {
  const forest = new Forest(findings);
  view(context, "vetline.findings", forest);
  const soon = debounced(context, PAUSE, () => forest.renew());
  context.subscriptions.push(vscode.languages.onDidChangeDiagnostics(soon));
  return () => forest.renew();
}

function showReviews(context: vscode.ExtensionContext, host: Host): () => Promise<void> {
  const store = reviewsOf(host);
  const forest = new Forest(() => reviews(store.all));
  const tree = view(context, "vetline.reviews", forest);
  context.subscriptions.push(
    store.onDidChange(() => {
      const { waiting } = store;
      tree.badge = waiting ? { value: waiting, tooltip: `${count(waiting, "review")} waiting` } : undefined;
      forest.renew();
    }),
  );
  return () => store.refresh();
}

function showSessions(context: vscode.ExtensionContext, host: Host): () => void {
  const forest = new Forest(async () => {
    const answer = await host.request<{ sessions: Session[] }>("vetline/sessions", {});
    return sessions(answer?.sessions ?? []);
  });
  const tree = view(context, "vetline.sessions", forest);
  const soon = debounced(context, REST, () => {
    if (tree.visible) {
      forest.renew(); // VS Code asks anew by itself when the tree is shown
    }
  });
  context.subscriptions.push(
    host.onDidStart(() => forest.renew()),
    host.onDidStop(() => forest.renew()),
    host.onNotification("vetline/provenanceChanged", soon),
  );
  return () => forest.renew();
}

/** A function that does the work once, a while after it was last called. */
function debounced(context: vscode.ExtensionContext, pause: number, work: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  context.subscriptions.push(new vscode.Disposable(() => clearTimeout(timer)));
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, pause);
  };
}
