// The interpreter that is selected for a workspace, as extensions for Python and the usual folders say.
import { access } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import type { Named } from "./discovery";
import { within } from "./pending";

/** As much of the API of `ms-python.python` as we use. */
interface PythonApi {
  readonly environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(environment: {
      readonly path: string;
    }): Promise<{ readonly executable: { readonly uri?: vscode.Uri } } | undefined>;
    readonly onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

/** As much of the API of `ms-python.vscode-python-envs` as we use. */
interface EnvironmentsApi {
  getEnvironment(
    scope: vscode.Uri | undefined,
  ): Promise<{ readonly execInfo?: { readonly run?: { readonly executable?: string } } } | undefined>;
  readonly onDidChangeEnvironment: vscode.Event<unknown>;
}

const PATIENCE = 20_000; // milliseconds that an extension has to start and to answer
const FOLDERS = [".venv", "venv"];
const PROGRAM = process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];

/** Asks whoever may know, and says when the answer changes. */
export class Interpreters implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[] = [this.changed];
  private readonly heard = new Set<string>();
  readonly onDidChange = this.changed.event;

  constructor(private readonly log: vscode.LogOutputChannel) {}

  dispose(): void {
    for (const one of this.subscriptions) {
      one.dispose();
    }
  }

  /** Interpreters of the workspace, the likeliest first. Ask in a trusted workspace only. */
  async all(): Promise<Named[]> {
    const root = vscode.workspace.workspaceFolders?.[0]?.uri;
    const found = [await this.ofEnvironments(root), await this.ofPython(root)].filter((one) => one !== undefined);
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      for (const name of FOLDERS) {
        const command = path.join(folder.uri.fsPath, name, ...PROGRAM);
        if (folder.uri.scheme === "file" && (await exists(command))) {
          found.push({ command, from: `the folder ${name} of ${folder.name}` });
        }
      }
    }
    return found.filter((one, index) => found.findIndex((other) => other.command === one.command) === index);
  }

  private async ofEnvironments(root: vscode.Uri | undefined): Promise<Named | undefined> {
    const command = await this.ask<EnvironmentsApi>(
      "ms-python.vscode-python-envs",
      (api) => api.onDidChangeEnvironment,
      async (api) => (await api.getEnvironment(root))?.execInfo?.run?.executable,
    );
    return command === undefined ? undefined : { command, from: "the selected Python environment" };
  }

  private async ofPython(root: vscode.Uri | undefined): Promise<Named | undefined> {
    const command = await this.ask<PythonApi>(
      "ms-python.python",
      (api) => api.environments.onDidChangeActiveEnvironmentPath,
      async ({ environments }) => {
        const resolved = await environments.resolveEnvironment(environments.getActiveEnvironmentPath(root));
        return resolved?.executable.uri?.fsPath;
      },
    );
    return command === undefined ? undefined : { command, from: "the selected Python interpreter" };
  }

  /** What an extension answers; undefined where it is not there, and where it fails, for that need not be our failure. */
  private async ask<Api>(
    id: string,
    changes: (api: Api) => vscode.Event<unknown>,
    question: (api: Api) => Promise<string | undefined>,
  ): Promise<string | undefined> {
    const extension = vscode.extensions.getExtension<Api>(id);
    const answer = async (there: vscode.Extension<Api>) => {
      const api = there.isActive ? there.exports : await there.activate();
      if (!this.heard.has(id)) {
        this.heard.add(id);
        this.subscriptions.push(changes(api)(() => this.changed.fire()));
      }
      return await question(api);
    };
    try {
      return extension && (await within(PATIENCE, answer(extension), "it does not answer"));
    } catch (error) {
      this.log.warn(`${id} did not say which interpreter is selected: ${String(error)}`);
      return undefined;
    }
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
