// Reviews in the editor: the panel that shows one, the note that a decision asks for, and the lenses' off switch.
import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import { sightings } from "../diagnostics";
import type { Host } from "../host";
import { unlinked } from "../notify";
import { iconless, visible } from "../words";
import { requestReviewOfSelection } from "./asking";
import { Panels, type Target } from "./panel";
import { reviewsOf } from "./store";

const LENSES = "lenses.show";

/** What the server's commands are given; what is not there is undefined. */
interface Given {
  readonly request?: string;
  readonly uri?: string;
  readonly fingerprint?: string;
  readonly digest?: string;
  readonly note?: string;
}

/** What stands between VS Code and the client; see ../middleware.ts. */
export function middleware(host: Host): Middleware {
  return {
    executeCommand: async (command, args, call) => {
      const next: typeof call = (...wanted) => toldOnce(() => call(...wanted));
      const given = (args[0] ?? {}) as Given;
      switch (command) {
        case "vetline.approveReview":
          return withNote(given, "Approve", "Why is it safe?", false, (noted) => next(command, [noted]));
        case "vetline.rejectReview":
          return withNote(given, "Reject", "What is wrong?", true, (noted) => next(command, [noted]));
        case "vetline.showReview": {
          const request = given.request ?? requestOf(host, given);
          return request ? open({ ...given, request }) : next(command, args);
        }
        case "vetline.listReviews":
          return args.length === 0 ? vscode.commands.executeCommand("vetline.reviews.focus") : next(command, args);
        default:
          return next(command, args);
      }
    },
    provideCodeLenses: (document, token, next) =>
      vscode.workspace.getConfiguration("vetline", document).get(LENSES, true) ? next(document, token) : [],
  };
}

/** Offer the panel, and have lenses shown anew when they are turned on or off. */
export function register(context: vscode.ExtensionContext, host: Host): void {
  const reviews = reviewsOf(host);
  const panels = new Panels(context.extensionUri, host, reviews);
  context.subscriptions.push(
    reviews,
    panels,
    vscode.commands.registerCommand("vetline.requestReviewOfSelection", () => requestReviewOfSelection(host)),
    vscode.commands.registerCommand("vetline.openReview", async (target?: Target) => {
      const chosen = target?.request ? target : await choose(host);
      if (chosen) {
        panels.show(chosen);
      }
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`vetline.${LENSES}`)) {
        for (const { document } of vscode.window.visibleTextEditors) {
          host.client()?.getFeature("textDocument/codeLens").getProvider(document)?.onDidChangeCodeLensEmitter.fire();
        }
      }
    }),
  );
}

/** What `run` gives; where it fails and the server has told the person already, VS Code need not tell them, too. */
async function toldOnce(run: () => unknown): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    if ((error as { data?: { shown?: boolean } } | undefined)?.data?.shown) {
      return undefined;
    }
    if (error instanceof Error) {
      error.message = unlinked(error.message); // VS Code shows it
    }
    throw error;
  }
}

function open({ request, uri }: Target): Thenable<unknown> {
  return vscode.commands.executeCommand("vetline.openReview", { request, uri });
}

/** Run `then` with a note, which is asked for where none is given; nothing is run when a person changes their mind. */
async function withNote<Result>(
  given: Given,
  title: string,
  placeHolder: string,
  isNeeded: boolean,
  then: (given: Given) => Result,
): Promise<Awaited<Result> | undefined> {
  if (given.note !== undefined) {
    return await then(given);
  }
  const note = await vscode.window.showInputBox({
    title: `${title} the review ${given.request ?? ""}`,
    prompt: isNeeded ? "Others read this note." : "Others read this note. It may be empty.",
    placeHolder,
    ignoreFocusOut: true,
    validateInput: (text) => (isNeeded && !text.trim() ? "A rejection needs a note." : undefined),
  });
  return note === undefined ? undefined : await then({ ...given, note });
}

/** The review of a finding. */
function requestOf(host: Host, { uri, fingerprint }: Given): string | undefined {
  if (!uri || !fingerprint) {
    return undefined;
  }
  const place = vscode.Uri.parse(uri).toString();
  const found = sightings().find((one) => one.data.fingerprint === fingerprint && one.uri.toString() === place);
  return found?.data.review?.id ?? reviewsOf(host).all.findLast((one) => one.fingerprints.includes(fingerprint))?.id;
}

/** Let a person pick a review: what waits comes first. */
async function choose(host: Host): Promise<Target | undefined> {
  const store = reviewsOf(host);
  await store.refresh();
  const rows = store.all.toReversed();
  const inOrder = [
    ...rows.filter((row) => row.status === "pending"),
    ...rows.filter((row) => row.status !== "pending"),
  ];
  const shown = (text: string) => iconless(visible(text));
  if (inOrder.length === 0) {
    void vscode.window.showInformationMessage("No review is requested here.");
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(
    inOrder.map((row) => ({
      label: shown(row.package ?? (row.symbol || `${row.path}:${row.lines.start}`)),
      description: shown(`${row.status} · ${row.requester}`),
      detail: shown(row.note),
      request: row.id,
    })),
    { title: "Open a review", matchOnDescription: true, matchOnDetail: true },
  );
  return chosen && { request: chosen.request };
}
