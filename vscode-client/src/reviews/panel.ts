// The panels in which reviews are shown and decided, one for each review.
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type { Host } from "../host";
import type { Review, ReviewRow } from "../protocol";
import { emptyPage, type Frame, page, subject } from "./page";
import type { Reviews } from "./store";

const TYPE = "vetline.review";
const COMMANDS: Record<string, string> = {
  approve: "vetline.approveReview",
  reject: "vetline.rejectReview",
  withdraw: "vetline.withdrawReview",
};

/** What a review is found by. */
export interface Target {
  readonly request: string;
  readonly uri?: string;
}

/** What the page sends when a person did something; it is ours, and is looked at like anybody's. */
interface Deed {
  readonly kind: string;
  readonly value?: string;
  readonly note?: string;
  readonly digest?: string;
}

/** Opens panels, and again those of the last window. */
export class Panels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly open = new Map<string, Panel>();
  private readonly media: vscode.Uri;
  private readonly registration = vscode.window.registerWebviewPanelSerializer(TYPE, this);

  constructor(
    extension: vscode.Uri,
    private readonly host: Host,
    private readonly reviews: Reviews,
  ) {
    this.media = vscode.Uri.joinPath(extension, "media");
  }

  /** Show a review; where it is shown already, that panel comes to the front. */
  show(target: Target): void {
    const found = this.open.get(target.request);
    if (found) {
      found.reveal();
      return;
    }
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    this.adopt(target, vscode.window.createWebviewPanel(TYPE, "Review", column));
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const request = (state as Partial<Target> | null)?.request;
    if (typeof request === "string") {
      this.adopt({ request }, panel);
    } else {
      panel.dispose();
    }
  }

  dispose(): void {
    this.registration.dispose();
    for (const panel of [...this.open.values()]) {
      panel.dispose();
    }
  }

  private adopt(target: Target, panel: vscode.WebviewPanel): void {
    panel.webview.options = { enableScripts: true, localResourceRoots: [this.media] };
    panel.iconPath = {
      light: vscode.Uri.joinPath(this.media, "review-light.svg"),
      dark: vscode.Uri.joinPath(this.media, "review-dark.svg"),
    };
    const made = new Panel(target, panel, this.media, this.host, this.reviews);
    this.open.set(target.request, made);
    panel.onDidDispose(() => {
      this.open.delete(target.request);
      made.dispose();
    });
  }
}

class Panel implements vscode.Disposable {
  private readonly disposables: vscode.Disposable[];
  private shown: Review | undefined;
  private asked = 0;

  constructor(
    private readonly target: Target,
    private readonly panel: vscode.WebviewPanel,
    private readonly media: vscode.Uri,
    private readonly host: Host,
    private readonly reviews: Reviews,
  ) {
    this.disposables = [
      panel.webview.onDidReceiveMessage((deed: Deed) => {
        this.act(deed).catch((error: unknown) => host.log.warn(`the review's panel: ${String(error)}`));
      }),
      reviews.onDidChange(() => void this.refresh()),
    ];
    void this.refresh();
  }

  reveal(): void {
    this.panel.reveal();
  }

  dispose(): void {
    this.asked += 1; // an answer that is still to come has no page any more
    vscode.Disposable.from(...this.disposables).dispose();
    this.panel.dispose();
  }

  private async refresh(): Promise<void> {
    this.asked += 1;
    const turn = this.asked;
    const review = await this.host.request<Review>("vetline/review", this.target);
    if (turn !== this.asked) {
      return;
    }
    if (review && JSON.stringify(review) === JSON.stringify(this.shown)) {
      return; // a person may be reading or typing
    }
    this.shown = review;
    this.panel.title = review ? `Review: ${subject(review)}` : "Review";
    const why = this.host.client()
      ? "The server has no such review, or could not show it; the log says which."
      : "The server is not running.";
    const frame = this.frame();
    this.panel.webview.html = review ? page(review, frame) : emptyPage(this.target.request, why, frame);
  }

  private frame(): Frame {
    const { webview } = this.panel;
    const place = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(this.media, name)).toString();
    return {
      nonce: randomBytes(18).toString("base64url"),
      source: webview.cspSource,
      style: place("review.css"),
      script: place("review.js"),
    };
  }

  private async act(deed: Deed): Promise<void> {
    switch (deed.kind) {
      case "open":
        return this.reveals(this.shown?.lines.start);
      case "line":
        return this.reveals(Number(deed.value));
      case "rule":
        await vscode.commands.executeCommand("vetline.openRulePage", String(deed.value));
        return;
      case "refresh":
        return this.refresh();
      case "approve":
      case "reject":
      case "withdraw":
        return this.decide(COMMANDS[deed.kind] as string, deed);
    }
  }

  /** Show a line, from 1, of the file that the review is about. */
  private async reveals(line: number | undefined): Promise<void> {
    const uri = this.shown?.uri;
    if (!uri) {
      return;
    }
    const at = new vscode.Position(Math.max(0, Math.trunc(line || 1) - 1), 0);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
    await vscode.window.showTextDocument(document, {
      viewColumn: this.panel.viewColumn === vscode.ViewColumn.One ? vscode.ViewColumn.Beside : vscode.ViewColumn.One,
      selection: new vscode.Range(at, at),
    });
  }

  private async decide(command: string, deed: Deed): Promise<void> {
    // The digest is that of the code in the page: what a person saw is what they sign.
    const { uri } = this.shown ?? this.target;
    const wanted = {
      request: this.target.request,
      ...(uri ? { uri } : {}),
      note: deed.note ?? "",
      digest: deed.digest,
    };
    let text: string;
    try {
      const client = this.host.client();
      if (!client) {
        throw new Error("The server is not running.");
      }
      // Not by VS Code's command: what goes wrong is said in the page.
      const done = await client.sendRequest<ReviewRow>("workspace/executeCommand", { command, arguments: [wanted] });
      text = `The review is ${done.status} now${done.why ? `: ${done.why}` : ""}.`;
    } catch (error) {
      text = error instanceof Error ? error.message : String(error);
      await this.panel.webview.postMessage({ kind: "failed", text });
      return;
    }
    await this.reviews.refresh();
    await this.refresh(); // said in the page as it is then, where a screen reader hears it
    await this.panel.webview.postMessage({ kind: "done", text });
  }
}
