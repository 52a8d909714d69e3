// Who wrote the lines of the documents that are on the screen, asked of the server whenever that may have changed.
import * as vscode from "vscode";
import type { Host } from "./host";
import type { Blame, Provenance } from "./protocol";
import { SELECTOR } from "./selector";

const PAUSE = 300; // milliseconds without an edit after which is asked again

const LINES = 20; // of a document for which it waits a millisecond longer, since the answer has one entry for each

const shared = new WeakMap<Host, Origins>();

/** The one store of a host. */
export function originsOf(host: Host): Origins {
  let found = shared.get(host);
  if (!found) {
    found = new Origins(host);
    shared.set(host, found);
  }
  return found;
}

/** What the server last said of each document on the screen. */
export class Origins implements vscode.Disposable {
  private readonly host: Host;
  private readonly known = new Map<string, readonly Blame[]>();
  private readonly due = new Map<string, NodeJS.Timeout>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly disposables: vscode.Disposable[];

  /** Something new is known of a document. */
  readonly onDidChange = this.changed.event;

  constructor(host: Host) {
    this.host = host;
    this.disposables = [
      this.changed,
      host.onDidStart(() => this.askAll()),
      host.onDidStop(() => this.forgetAll()),
      host.onNotification<{ uri: string }>("vetline/provenanceChanged", ({ uri }) => this.poke(uri)),
      vscode.window.onDidChangeVisibleTextEditors(() => this.askAll()),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.soon(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.forget(uri)),
    ];
    this.askAll();
  }

  /** Who wrote each line, as last heard; undefined while nothing is. */
  of(uri: vscode.Uri): readonly Blame[] | undefined {
    return this.known.get(uri.toString());
  }

  dispose(): void {
    for (const timer of this.due.values()) {
      clearTimeout(timer);
    }
    this.due.clear();
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private askAll(): void {
    for (const { document } of vscode.window.visibleTextEditors) {
      if (!this.due.has(document.uri.toString())) {
        void this.ask(document);
      }
    }
  }

  private poke(uri: string): void {
    // The server's spelling of a URI need not be the editor's.
    const meant = vscode.Uri.parse(uri).toString();
    for (const { document } of vscode.window.visibleTextEditors) {
      if (document.uri.toString() === meant) {
        this.soon(document, 0);
      }
    }
  }

  private soon(document: vscode.TextDocument, pause = PAUSE): void {
    const key = document.uri.toString();
    if (!vscode.window.visibleTextEditors.some((one) => one.document === document)) {
      return;
    }
    clearTimeout(this.due.get(key));
    const timer = setTimeout(
      () => {
        this.due.delete(key);
        void this.ask(document);
      },
      pause + document.lineCount / LINES,
    );
    this.due.set(key, timer);
  }

  private async ask(document: vscode.TextDocument): Promise<void> {
    if (document.isClosed || !this.host.client() || vscode.languages.match(SELECTOR, document) === 0) {
      return;
    }
    const uri = document.uri.toString();
    const answer = await this.host.request<Provenance>("vetline/provenance", { textDocument: { uri } });
    if (!answer || document.isClosed || answer.version !== document.version) {
      return; // where it was edited meanwhile, that edit has it asked again
    }
    this.known.set(uri, answer.lines);
    this.changed.fire(document.uri);
  }

  private forget(uri: vscode.Uri): void {
    const key = uri.toString();
    clearTimeout(this.due.get(key));
    this.due.delete(key);
    this.known.delete(key);
  }

  private forgetAll(): void {
    const uris = [...this.known.keys()];
    this.known.clear();
    for (const uri of uris) {
      this.changed.fire(vscode.Uri.parse(uri));
    }
  }
}
