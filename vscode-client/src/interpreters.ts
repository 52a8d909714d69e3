// The interpreter that is selected for a workspace, as extensions for Python and the usual folders say.
import { access } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import type { Named } from "./discovery";

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
    const api = await this.api<EnvironmentsApi>("ms-python.vscode-python-envs", (it) => it.onDidChangeEnvironment);
    const command = (await api?.getEnvironment(root))?.execInfo?.run?.executable;
    return command === undefined ? undefined : { command, from: "the selected Python environment" };
  }

  private async ofPython(root: vscode.Uri | undefined): Promise<Named | undefined> {
    const api = await this.api<PythonApi>("ms-python.python", (it) => it.environments.onDidChangeActiveEnvironmentPath);
    if (api === undefined) {
      return undefined;
    }
    const resolved = await api.environments.resolveEnvironment(api.environments.getActiveEnvironmentPath(root));
    const command = resolved?.executable.uri?.fsPath;
    return command === undefined ? undefined : { command, from: "the selected Python interpreter" };
  }

  private async api<Api>(id: string, changes: (api: Api) => vscode.Event<unknown>): Promise<Api | undefined> {
    const extension = vscode.extensions.getExtension<Api>(id);
    if (extension === undefined) {
      return undefined;
    }
    try {
      const api = extension.isActive ? extension.exports : await extension.activate();
      if (!this.heard.has(id)) {
        this.heard.add(id);
        this.subscriptions.push(changes(api)(() => this.changed.fire()));
      }
      return api;
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
