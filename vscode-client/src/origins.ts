// Signs beside the lines that an AI touched, in the gutter and the overview ruler, and all that is known of a line.
import * as vscode from "vscode";
import { grouped } from "./grouped";
import type { Host } from "./host";
import { type Origins, originsOf } from "./provenance";
import { runs } from "./runs";
import { COLORS, sign, type Theme, TOUCHED, type Touched } from "./signs";
import { iconless, originFacts } from "./words";

const SETTING = "origins.show";
const PARTS = ["head", "tail"] as const;
type Part = (typeof PARTS)[number];

/** Show the signs, keep them up to date, and offer the commands about them. */
export function register(context: vscode.ExtensionContext, host: Host): void {
  const origins = originsOf(host);
  const signs = new Signs(origins);
  context.subscriptions.push(
    origins,
    signs,
    vscode.commands.registerCommand("vetline.toggleOrigins", toggle),
    vscode.commands.registerCommand("vetline.showOrigin", () => showOrigin(host, origins)),
  );
}

class Signs implements vscode.Disposable {
  private readonly origins: Origins;
  private readonly disposables: vscode.Disposable[];
  private types: Map<string, vscode.TextEditorDecorationType> | undefined;

  constructor(origins: Origins) {
    this.origins = origins;
    this.disposables = [
      origins.onDidChange((uri) => this.draw(uri)),
      vscode.window.onDidChangeVisibleTextEditors(() => this.draw()),
      vscode.window.onDidChangeActiveColorTheme(() => this.renew()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`vetline.${SETTING}`)) {
          this.renew();
        }
      }),
    ];
    this.renew();
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables, ...(this.types?.values() ?? [])).dispose();
  }

  private renew(): void {
    for (const type of this.types?.values() ?? []) {
      type.dispose();
    }
    this.types = vscode.workspace.getConfiguration("vetline").get(SETTING, true) ? decorationTypes() : undefined;
    this.draw();
  }

  private draw(uri?: vscode.Uri): void {
    for (const editor of vscode.window.visibleTextEditors) {
      if (!uri || editor.document.uri.toString() === uri.toString()) {
        this.drawIn(editor);
      }
    }
  }

  private drawIn(editor: vscode.TextEditor): void {
    if (!this.types) {
      return;
    }
    const parts = runs(this.origins.of(editor.document.uri) ?? []).flatMap(({ state, first, last }) => [
      { type: `${state}.head`, range: new vscode.Range(first, 0, first, 0) },
      ...(last > first ? [{ type: `${state}.tail`, range: new vscode.Range(first + 1, 0, last, 0) }] : []),
    ]);
    const byType = grouped(parts, ({ type }) => type);
    for (const [key, type] of this.types) {
      editor.setDecorations(type, byType.get(key)?.map(({ range }) => range) ?? []);
    }
  }
}

function decorationTypes(): Map<string, vscode.TextEditorDecorationType> {
  const made = new Map<string, vscode.TextEditorDecorationType>();
  for (const state of TOUCHED) {
    for (const part of PARTS) {
      made.set(
        `${state}.${part}`,
        vscode.window.createTextEditorDecorationType({
          isWholeLine: true,
          gutterIconPath: image(state, part),
          gutterIconSize: "contain",
          overviewRulerColor: new vscode.ThemeColor(COLORS[state].id),
          overviewRulerLane: vscode.OverviewRulerLane.Left,
          rangeBehavior: vscode.DecorationRangeBehavior.OpenOpen,
        }),
      );
    }
  }
  return made;
}

function image(state: Touched, part: Part): vscode.Uri {
  const svg = sign(state, part, themeNow());
  return vscode.Uri.parse(`data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`);
}

function themeNow(): Theme {
  switch (vscode.window.activeColorTheme.kind) {
    case vscode.ColorThemeKind.Light:
      return "light";
    case vscode.ColorThemeKind.HighContrast:
      return "highContrast";
    case vscode.ColorThemeKind.HighContrastLight:
      return "highContrastLight";
    default:
      return "dark";
  }
}

/** Turn the signs on or off, where that is said already, else for the person. */
async function toggle(): Promise<void> {
  const settings = vscode.workspace.getConfiguration("vetline");
  const isLocal = settings.inspect(SETTING)?.workspaceValue !== undefined;
  const target = isLocal ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await settings.update(SETTING, !settings.get(SETTING, true), target);
}

/** List what is known of the line with the cursor; what is chosen is copied. */
async function showOrigin(host: Host, origins: Origins): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) {
    void vscode.window.showInformationMessage("Open a file to see who wrote its lines.");
    return;
  }
  const line = editor.selection.active.line;
  const blame = origins.of(editor.document.uri)?.[line];
  if (!blame) {
    const why = host.client() ? "Nothing is known of this line." : "The server is not running.";
    void vscode.window.showInformationMessage(why);
    return;
  }
  const chosen = await vscode.window.showQuickPick(
    originFacts(blame).map(([label, fact]) => ({ label, description: iconless(fact), fact })),
    { title: `Who wrote line ${line + 1}`, placeHolder: "Choose one to copy it", matchOnDescription: true },
  );
  if (chosen) {
    await vscode.env.clipboard.writeText(chosen.fact);
  }
}
