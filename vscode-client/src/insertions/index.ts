// Tells the server how text comes into documents, when it comes: the edge to VS Code of the detector beside it.
//
// No keystroke waits for it. The keys that accept a proposal run VS Code's own command and then tell us (see
// `keybindings` in package.json); a command put in the place of VS Code's would make each Tab wait for the
// extension host, and what is typed meanwhile would take the proposal away.
import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import type { Host } from "../host";
import { SELECTOR } from "../selector";
import { editedPath } from "./chat";
import { type Accept, type Changed, Detector, type Insertion } from "./detector";
import { observePastes } from "./pastes";
import { told } from "./reasons";

/** What the keys run after VS Code's own command; its argument is an `Accept`. */
const ACCEPTED = "vetline.insertions.accepted";
/** Lines beyond which it is not followed what changes replace. */
const MOST_LINES = 50_000;

/** Nothing of it stands between VS Code and the client. */
export function middleware(_host: Host): Middleware {
  return {};
}

export function register(context: vscode.ExtensionContext, host: Host): void {
  const watch = new Watch(host);
  context.subscriptions.push(
    watch,
    vscode.commands.registerCommand(ACCEPTED, (how: unknown) => watch.accepted(how)),
    host.onDidStart(() => watch.start()),
    host.onDidStop(() => watch.stop()),
  );
  if (host.client() !== undefined) {
    watch.start();
  }
}

/** Watches the editor while there is a server to tell. */
class Watch implements vscode.Disposable {
  private detector = new Detector();
  private subscriptions: vscode.Disposable[] = [];

  constructor(private readonly host: Host) {}

  start(): void {
    this.stop();
    const follow = () => this.guarded(() => this.follow());
    this.subscriptions = [
      vscode.workspace.onDidChangeTextDocument((event) => this.guarded(() => this.changed(event))),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.detector.closed(document.uri.toString());
        this.edited(document, ({ uri }) => this.detector.chatEnded(uri.toString()));
      }),
      vscode.workspace.onDidOpenTextDocument((document) => {
        follow(); // also one whose language changed: it was closed
        this.guarded(() => this.edited(document, (file) => this.chatBegan(file, document)));
      }),
      vscode.workspace.onWillSaveTextDocument(({ document }) => this.detector.chatEnded(document.uri.toString())),
      vscode.window.onDidChangeVisibleTextEditors(follow),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, kind }) => {
        const typed = kind === vscode.TextEditorSelectionChangeKind.Keyboard;
        this.detector.selected(textEditor.document.uri.toString(), typed, Date.now());
      }),
      observePastes(SELECTOR, (document, ranges) => {
        this.detector.pasting(document.uri.toString(), document.version, ranges, Date.now());
      }),
    ];
    follow();
  }

  stop(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
    this.subscriptions = [];
    this.detector = new Detector();
  }

  dispose(): void {
    this.stop();
  }

  /** The person accepted a proposal where they are. */
  accepted(how: unknown): void {
    if (how === "completion" || how === "partial-completion") {
      const uri = vscode.window.activeTextEditor?.document.uri.toString();
      this.guarded(() => this.say(this.detector.accepted(how satisfies Accept, uri, Date.now())));
    }
  }

  private changed(event: vscode.TextDocumentChangeEvent): void {
    const { document, contentChanges } = event;
    if (contentChanges.length === 0) {
      if (document.isDirty) {
        // VS Code may say so only after the first change; of what it reads from the disk it never does.
        this.say(this.detector.dirtied(document.uri.toString(), document.version));
      }
      return;
    }
    // What a person changes and what they keep of the chat's is kept in step in the chat's own document.
    this.edited(document, (file) => this.detector.person(file.uri.toString(), Date.now()));
    if (!isServed(document)) {
      return;
    }
    const uri = document.uri.toString();
    const change: Changed = {
      uri,
      version: document.version,
      at: Date.now(),
      changes: contentChanges,
      reason: reasonOf(event),
      told: told(event),
      cursors: vscode.window.visibleTextEditors.flatMap((each) => (each.document === document ? each.selections : [])),
      clean: !document.isDirty,
    };
    this.say(this.detector.changed(change));
  }

  /** Whoever can be seen can be typed into. */
  private follow(): void {
    for (const { document } of vscode.window.visibleTextEditors) {
      this.know(document);
    }
  }

  private know(document: vscode.TextDocument): void {
    const uri = document.uri.toString();
    if (!this.detector.knows(uri) && document.lineCount <= MOST_LINES && isServed(document)) {
      this.detector.opened(uri, document.getText());
    }
  }

  /** Does something with the files that the chat edits, when that is what a document was opened for. */
  private edited(document: vscode.TextDocument, work: (file: vscode.TextDocument) => void): void {
    const path = editedPath(document.uri);
    if (path !== undefined) {
      vscode.workspace.textDocuments.filter((each) => each.uri.path === path && isFile(each)).forEach(work);
    }
  }

  private chatBegan(file: vscode.TextDocument, original: vscode.TextDocument): void {
    this.know(file); // while it is what the person left
    this.detector.chatBegan(file.uri.toString(), Date.now(), () => original.getText());
  }

  private say(insertions: readonly Insertion[]): void {
    const client = this.host.client();
    for (const { uri, version, range, ...manner } of insertions) {
      const textDocument = { uri: client?.code2ProtocolConverter.asUri(vscode.Uri.parse(uri)), version };
      // The client sends in the order of the calls; the server waits for a version that it does not have yet.
      client?.sendNotification("vetline/didInsert", { textDocument, range, ...manner }).catch((error: unknown) => {
        this.host.log.warn(`vetline/didInsert: ${String(error)}`);
      });
    }
  }

  /** Whatever goes wrong in here stays in here. */
  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.host.log.error(error instanceof Error ? error : String(error));
    }
  }
}

/** Whether its path is its own: a cell's is that of its notebook. */
function isFile(document: vscode.TextDocument): boolean {
  return (document.uri.scheme === "file" || document.uri.scheme === "untitled") && isServed(document);
}

function isServed(document: vscode.TextDocument): boolean {
  return vscode.languages.match(SELECTOR, document) > 0;
}

function reasonOf({ reason }: vscode.TextDocumentChangeEvent): "undo" | "redo" | undefined {
  switch (reason) {
    case vscode.TextDocumentChangeReason.Undo:
      return "undo";
    case vscode.TextDocumentChangeReason.Redo:
      return "redo";
    default:
      return undefined;
  }
}
