// Sees that something is about to be pasted; changes nothing of it, and never looks at what is pasted.
import * as vscode from "vscode";

/** The API for pastes as far as it is used here; it came with VS Code 1.97. */
interface Pasting {
  readonly languages: {
    registerDocumentPasteEditProvider?(
      selector: vscode.DocumentSelector,
      provider: {
        provideDocumentPasteEdits(document: vscode.TextDocument, ranges: readonly vscode.Range[]): undefined;
      },
      metadata: { providedPasteEditKinds: readonly unknown[]; pasteMimeTypes: readonly string[] },
    ): vscode.Disposable;
  };
  readonly DocumentDropOrPasteEditKind?: { readonly Empty: { append(...parts: string[]): unknown } };
}

/** Calls `saw` right before a paste; does nothing where VS Code is too old for it. */
export function observePastes(
  selector: vscode.DocumentSelector,
  saw: (document: vscode.TextDocument, ranges: readonly vscode.Range[]) => void,
): vscode.Disposable {
  const { languages, DocumentDropOrPasteEditKind: kind } = vscode as unknown as Pasting;
  const observed = languages.registerDocumentPasteEditProvider?.(
    selector,
    {
      provideDocumentPasteEdits(document, ranges) {
        saw(document, ranges);
        return undefined;
      },
    },
    { providedPasteEditKinds: [kind?.Empty.append("vetline", "observed")], pasteMimeTypes: ["text/plain"] },
  );
  return observed ?? new vscode.Disposable(() => undefined);
}
