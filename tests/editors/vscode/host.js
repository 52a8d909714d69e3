// What other extensions and VS Code's own parts get from ours, through the API.
const { assert, diagnostics, fs, open, path, root, suite, until, vetline, vscode } = require("./harness");

const LOAD = "python/unsafe-yaml-load";
const SECRET = ["AKIA", "Q3EGRIW2JU7PLZXB"].join("");
const TEXT = "import yaml\n\n\ndef load(text):\n    return yaml.load(text)\n";
const run = vscode.commands.executeCommand;

/** A document that has a finding, with that. */
async function found(name, text, rule = LOAD) {
  await vetline();
  const { document } = await open(name, text);
  const [finding] = await until(() => {
    const all = diagnostics(document.uri, rule);
    return all.length && all;
  }, `${rule} is found in ${name}`);
  return { document, finding };
}

async function actions(document, range, title) {
  const all = await run("vscode.executeCodeActionProvider", document.uri, range, undefined, 20);
  return all.filter((one) => one.title.startsWith(title));
}

exports.run = suite({
  "columns are right behind characters of two units": async () => {
    const { document, finding } = await found("units.py", 'import yaml\n\ndef f(s): t = "😀😀"; return yaml.load(s)\n');
    assert.equal(document.getText(finding.range).slice(0, 9), "yaml.load");
    assert.equal(finding.source, "vetline");
    assert.match(finding.code.target?.toString() ?? "https:", /^(https|file|command):/);
  },
  "a fix is an edit of the text, and its finding goes": async () => {
    const { document, finding } = await found("fix.py", TEXT);
    const [fix] = await actions(document, finding.range, "Fix");
    assert.equal(fix.kind.value, "quickfix");
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.match(document.getText(), /yaml\.safe_load\(text\)/);
    await until(() => diagnostics(document.uri).length === 0, "it is gone");
    await run("undo");
    await until(() => diagnostics(document.uri, LOAD).length === 1, "it is back");
  },
  "the hover has the rule's page and runs no command": async () => {
    const { document, finding } = await found("hover.py", TEXT);
    const hovers = await run("vscode.executeHoverProvider", document.uri, finding.range.start);
    const texts = hovers.flatMap((hover) => hover.contents);
    assert.match(texts.map((one) => one.value).join("\n"), /safe_load/);
    for (const one of texts) assert.ok(!one.isTrusted && !one.supportHtml, "what files say is not trusted");
  },
  "what is not saved anywhere is looked at too": async () => {
    await vetline();
    const document = await vscode.workspace.openTextDocument({ language: "python", content: TEXT });
    await vscode.window.showTextDocument(document);
    await until(() => diagnostics(document.uri, LOAD).length === 1, "the finding is shown");
    await run("workbench.action.revertAndCloseActiveEditor");
  },
  "cells of a notebook are looked at": async () => {
    await vetline();
    const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, `import yaml\nyaml.load(x)\n`, "python");
    const notebook = await vscode.workspace.openNotebookDocument("jupyter-notebook", new vscode.NotebookData([cell]));
    await vscode.window.showNotebookDocument(notebook);
    const { uri } = notebook.cellAt(0).document;
    await until(() => diagnostics(uri, LOAD).length === 1, "the finding in the cell is shown");
    await run("workbench.action.revertAndCloseActiveEditor");
  },
  "a secret is found and nowhere repeated": async () => {
    const { document, finding } = await found("keys.py", `key = "${SECRET}"\n`, "secret/aws-access-key");
    assert.ok(!JSON.stringify(finding).includes(SECRET));
    const hovers = await run("vscode.executeHoverProvider", document.uri, finding.range.start);
    assert.ok(!JSON.stringify(hovers).includes(SECRET));
  },
  "a scan finds what is not open": async () => {
    await vetline();
    const file = path.join(root(), "far", "away.py");
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, TEXT);
    const told = await run("vetline.scanWorkspace");
    assert.ok(told.files >= 2 && told.findings >= 1, JSON.stringify(told));
    assert.deepEqual(told.notChecked, []);
    await until(() => diagnostics(vscode.Uri.file(file), LOAD).length === 1, "it is shown");
  },
  "a review of a finding stands above its code and in the list": async () => {
    const { document, finding } = await found("review.py", TEXT);
    const [ask] = await actions(document, finding.range, "Request human security review");
    await document.save();
    const { id, requester } = await run(ask.command.command, ...ask.command.arguments);
    assert.equal(requester, "Ada");
    const titles = async () => {
      const lenses = await run("vscode.executeCodeLensProvider", document.uri, 20);
      return lenses.map((lens) => lens.command?.title);
    };
    await until(async () => (await titles()).includes("review requested by Ada"), "the lens is there");
    const { reviews } = await run("vetline.listReviews", {});
    const mine = reviews.find((one) => one.id === id);
    assert.equal(mine.status, "pending");
    await run("vetline.withdrawReview", { request: id, note: "it was a test" });
    await until(async () => (await titles()).length === 0, "the lens is gone");
  },
  "settings only a person may make are no workspace's": async () => {
    const { configuration } = vscode.extensions.getExtension("vetline.vetline").packageJSON.contributes;
    const properties = Object.assign({}, ...[configuration].flat().map((part) => part.properties));
    for (const key of ["vetline.online", "vetline.path"]) {
      assert.match(properties[key].scope, /^(application|machine)/, key);
    }
  },
});
