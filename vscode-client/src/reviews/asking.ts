// Asking for a review of what is selected.
import * as vscode from "vscode";
import type { Host } from "../host";

/** Ask for a review of the selection, or of the function around the cursor, with a note that may stay empty. */
export async function requestReviewOfSelection(host: Host): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const client = host.client();
  if (!editor || !client) {
    const why = client ? "Open a file and select the code that is to be reviewed." : "The server is not running.";
    void vscode.window.showInformationMessage(why);
    return;
  }
  const { selection, document } = editor;
  const note = await vscode.window.showInputBox({
    title: "Request a human security review",
    prompt: "What should the reviewer look at? It may be empty.",
    ignoreFocusOut: true,
  });
  if (note !== undefined) {
    const range = client.code2ProtocolConverter.asRange(selection);
    await vscode.commands.executeCommand("vetline.requestReview", { uri: document.uri.toString(), range, note });
  }
}
