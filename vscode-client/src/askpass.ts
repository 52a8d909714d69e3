// Asks the person for the passphrase of their signing key, when the server's ssh-keygen wants it.
import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import { type Kind, Questions } from "./questions";

/** The commands that may need a signature. */
const SIGNING: ReadonlySet<unknown> = new Set([
  "vetline.approveReview",
  "vetline.rejectReview",
  "vetline.withdrawReview",
]);

export class Askpass implements vscode.Disposable {
  private readonly questions: Questions;

  constructor(
    extension: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
  ) {
    const main = vscode.Uri.joinPath(extension, "dist", "askpass.js").fsPath;
    this.questions = new Questions(main, ask);
  }

  /** What the server's environment needs; nothing where the person has a program of their own for it. */
  async variables(): Promise<Record<string, string>> {
    if (process.env.SSH_ASKPASS) {
      return {};
    }
    if (process.platform === "win32") {
      this.log.info("for a key with a passphrase set SSH_ASKPASS: on Windows the extension does not ask for it");
      return {};
    }
    try {
      return { SSH_ASKPASS: await this.questions.program() };
    } catch (error) {
      this.log.warn(`a key's passphrase cannot be asked for: ${String(error)}`);
      return {};
    }
  }

  /** Lets questions through while a command runs that signs. */
  middleware(): Middleware {
    return {
      sendRequest: (type, param, token, next) => {
        const method = typeof type === "string" ? type : type.method;
        const { command } = (param ?? {}) as { command?: unknown };
        return method === "workspace/executeCommand" && SIGNING.has(command)
          ? this.questions.during(() => next(type, param, token))
          : next(type, param, token);
      },
    };
  }

  dispose(): void {
    void this.questions.close();
  }
}

async function ask(question: string, kind: Kind, over: AbortSignal): Promise<string | undefined> {
  const title = "Vetline: sign your review";
  if (kind === "none") {
    const done = new Promise<void>((resolve) => over.addEventListener("abort", () => resolve(), { once: true }));
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: `${title}. ${question}` },
      () => done,
    );
    return undefined;
  }
  const source = new vscode.CancellationTokenSource();
  over.addEventListener("abort", () => source.cancel(), { once: true });
  try {
    if (kind === "confirm") {
      const chosen = await vscode.window.showQuickPick(["Yes", "No"], { title, placeHolder: question }, source.token);
      return chosen === "Yes" ? "yes" : undefined;
    }
    const options = { title, prompt: question, password: true, ignoreFocusOut: true };
    return await vscode.window.showInputBox(options, source.token);
  } finally {
    source.dispose();
  }
}
