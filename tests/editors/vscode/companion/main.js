// An assistant whose next completion the test chooses: by the file `offer` beside the workspace's folder, or through what it exports.
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");

exports.activate = (context) => {
  const assistant = { next: "", shown: 0 };
  const offered = (document) => {
    if (assistant.next) return assistant.next;
    const folder = vscode.workspace.getWorkspaceFolder(document.uri);
    const file = folder && path.join(path.dirname(folder.uri.fsPath), "offer");
    return file && fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  };
  const provider = {
    provideInlineCompletionItems(document, position) {
      const text = offered(document);
      if (!text) return [];
      assistant.shown += 1;
      return [new vscode.InlineCompletionItem(text, new vscode.Range(position, position))];
    },
  };
  context.subscriptions.push(
    vscode.languages.registerInlineCompletionItemProvider({ pattern: "**" }, provider),
  );
  return assistant;
};
