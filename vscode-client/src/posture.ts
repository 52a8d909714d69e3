// The panel that shows how a project stands: the server's page, made anew when something was recorded.
import * as vscode from "vscode";
import type { Host } from "./host";

const TYPE = "vetline.posture";
const TITLE = "Security Posture";
const PAUSE = 1000; // milliseconds in which several notices become one question

export function register(context: vscode.ExtensionContext, host: Host): void {
  const posture = new Posture(context.extensionUri, host);
  context.subscriptions.push(
    posture,
    vscode.commands.registerCommand("vetline.openPosture", () => posture.show()),
  );
}

class Posture implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly disposables: vscode.Disposable[];
  private panel: vscode.WebviewPanel | undefined;
  private uri: string | undefined;
  private due: NodeJS.Timeout | undefined;
  private asked = 0;
  /** What the panel shows, and whether it is what a panel that is drawn anew would begin with. */
  private html = "";
  private isSet = false;
  private wasVisible = true;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly host: Host,
  ) {
    this.disposables = [
      vscode.window.registerWebviewPanelSerializer(TYPE, this),
      vscode.workspace.onDidSaveTextDocument(() => this.soon()),
      host.onDidStart(() => this.soon()),
      host.onNotification("vetline/reviewsChanged", () => this.soon()),
    ];
  }

  show(): void {
    this.uri = vscode.window.activeTextEditor?.document.uri.toString() ?? this.uri;
    if (this.panel) {
      this.panel.reveal();
      void this.refresh();
    } else {
      this.adopt(vscode.window.createWebviewPanel(TYPE, TITLE, vscode.ViewColumn.Active));
    }
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.adopt(panel);
  }

  dispose(): void {
    clearTimeout(this.due);
    vscode.Disposable.from(...this.disposables).dispose();
    this.panel?.dispose();
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel?.dispose();
    this.panel = panel;
    this.html = "";
    this.wasVisible = panel.visible;
    panel.webview.options = { enableScripts: true, localResourceRoots: [] };
    const icon = (theme: string) => vscode.Uri.joinPath(this.extension, "media", `review-${theme}.svg`);
    panel.iconPath = { light: icon("light"), dark: icon("dark") };
    panel.onDidChangeViewState(() => this.turned());
    panel.onDidDispose(() => {
      if (this.panel === panel) {
        this.panel = undefined;
      }
    });
    void this.refresh();
  }

  private soon(): void {
    clearTimeout(this.due);
    if (this.panel?.visible) {
      this.due = setTimeout(() => void this.refresh(), PAUSE);
    }
  }

  /** A panel that was hidden begins anew with the page that was set, and is then asked about again. */
  private turned(): void {
    if (!this.panel || this.panel.visible === this.wasVisible) {
      return;
    }
    this.wasVisible = this.panel.visible;
    if (this.wasVisible) {
      this.soon();
    } else if (!this.isSet) {
      this.set(this.panel);
    }
  }

  private async refresh(): Promise<void> {
    const panel = this.panel;
    if (!panel) {
      return;
    }
    this.asked += 1;
    const turn = this.asked;
    const params = this.uri === undefined ? {} : { uri: this.uri };
    const answer = await this.host.request<{ html: string }>("vetline/posture", params);
    if (turn !== this.asked || panel !== this.panel) {
      return;
    }
    const isFirst = this.html === "";
    if (!answer) {
      if (isFirst) {
        panel.webview.html = nothing(
          this.host.client() ? "The server could not show it; the log says why." : "The server is not running.",
        );
      }
      return;
    }
    this.html = answer.html;
    if (isFirst || !panel.visible) {
      this.set(panel);
    } else {
      this.isSet = false;
      await panel.webview.postMessage({ html: answer.html }); // what a person opened stays open
    }
  }

  private set(panel: vscode.WebviewPanel): void {
    panel.webview.html = this.html;
    this.isSet = true;
  }
}

/** A page with one sentence of ours. */
function nothing(why: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<title>${TITLE}</title>
</head>
<body><main><h1>${TITLE}</h1><p role="status">${why}</p></main></body>
</html>`;
}
