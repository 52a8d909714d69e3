// What the trees are made of: items that may have children, and the one provider that shows them.
import * as vscode from "vscode";

/** A row of a tree. */
export interface Branch {
  readonly item: vscode.TreeItem;
  readonly children?: readonly Branch[];
}

/** Shows the branches that `grow` gives, and grows them anew when told to. */
export class Forest implements vscode.TreeDataProvider<Branch>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly grow: () => readonly Branch[] | Promise<readonly Branch[]>;

  readonly onDidChangeTreeData = this.changed.event;

  constructor(grow: () => readonly Branch[] | Promise<readonly Branch[]>) {
    this.grow = grow;
  }

  getTreeItem(branch: Branch): vscode.TreeItem {
    return branch.item;
  }

  getChildren(branch?: Branch): vscode.ProviderResult<Branch[]> {
    const found = branch ? (branch.children ?? []) : this.grow();
    return found instanceof Promise ? found.then((all) => [...all]) : [...found];
  }

  renew(): void {
    this.changed.fire();
  }

  dispose(): void {
    this.changed.dispose();
  }
}

/** A row that groups others; `id` keeps it open or closed while what is in it changes. */
export function group(id: string, label: string, icon: vscode.ThemeIcon, children: Branch[], isOpen = true): Branch {
  const state = isOpen ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
  const item = new vscode.TreeItem(label, state);
  item.id = id;
  item.iconPath = icon;
  item.description = String(children.length);
  item.contextValue = "group";
  item.accessibilityInformation = { label: `${label}, ${children.length}` };
  return { item, children };
}

/** A tooltip in which nothing is Markdown, one line each. */
export function tooltip(...lines: string[]): vscode.MarkdownString {
  const made = new vscode.MarkdownString();
  for (const line of lines.filter(Boolean)) {
    made.appendText(line).appendMarkdown("\n\n");
  }
  return made;
}
