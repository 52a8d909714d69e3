// Vetline's diagnostics as VS Code has them, with what the server put beside them.
import * as vscode from "vscode";

/** What the server says of a diagnostic in its `data`, as far as it is used here. */
export interface Data {
  readonly fingerprint?: string;
  readonly severity?: string;
  readonly origin?: { readonly state: string; readonly agent: string; readonly model: string } | null;
  readonly review?: { readonly id: string; readonly status: string } | null;
}

/** A diagnostic and where it is. */
export interface Sighting {
  readonly uri: vscode.Uri;
  readonly diagnostic: vscode.Diagnostic;
  readonly rule: string;
  readonly data: Data;
}

/** All diagnostics of the server. */
export function sightings(): Sighting[] {
  return vscode.languages
    .getDiagnostics()
    .flatMap(([uri, all]) =>
      all
        .filter((diagnostic) => diagnostic.source === "vetline")
        .map((diagnostic) => ({ uri, diagnostic, rule: ruleOf(diagnostic), data: dataOf(diagnostic) })),
    );
}

function ruleOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === "object" ? code.value : (code ?? ""));
}

function dataOf(diagnostic: vscode.Diagnostic): Data {
  // The language client keeps what the server sent with the diagnostic that it made of it.
  return ("data" in diagnostic ? (diagnostic.data as Data | null) : null) ?? {};
}
