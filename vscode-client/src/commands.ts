// The extension's own commands that belong to no part of the view.
import * as vscode from "vscode";
import type { Service } from "./client";
import type { Host } from "./host";

interface DebugInformation {
  readonly text: string;
}

export function register(context: vscode.ExtensionContext, service: Service): void {
  const commands: Record<string, () => unknown> = {
    "vetline.restart": () => service.restart("asked for"),
    "vetline.showLogs": () => service.log.show(),
    "vetline.showServerLogs": () => service.serverLog.show(),
    "vetline.copyDebugInformation": () => copyDebugInformation(context, service),
  };
  for (const [id, run] of Object.entries(commands)) {
    context.subscriptions.push(vscode.commands.registerCommand(id, run));
  }
}

async function copyDebugInformation(context: vscode.ExtensionContext, host: Host): Promise<void> {
  const { version } = context.extension.packageJSON as { version: string };
  const server = await host.request<DebugInformation>("workspace/executeCommand", {
    command: "vetline.debugInformation",
    arguments: [],
  });
  const own = [
    `- VS Code ${vscode.version}, ${vscode.env.uiKind === vscode.UIKind.Web ? "web" : "desktop"}`,
    `- extension ${version}`,
    `- workspace trusted: ${vscode.workspace.isTrusted ? "yes" : "no"}`,
  ];
  await vscode.env.clipboard.writeText(`${own.join("\n")}\n\n${server?.text ?? "No server runs.\n"}`);
  vscode.window.setStatusBarMessage("Vetline: debug information copied", 5_000);
}
