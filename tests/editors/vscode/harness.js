// What tests inside the extension host are written with: `exports.run = suite({ "it does so": async (vs) => { … } })`.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");

const SECONDS = 30;

/** What `wanted` gives as soon as it is true. It is asked again at each of VS Code's events that could have made it so. */
async function until(wanted, what = String(wanted), seconds = SECONDS) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await wanted();
    if (found) return found;
    if (Date.now() > end) throw new Error(`in vain waited ${seconds} s until ${what}`);
    await something();
  }
}

/** The next event in the editor, or a moment for what has none. */
function something() {
  return new Promise((resolve) => {
    const heard = [];
    const go = () => {
      clearTimeout(timer);
      for (const one of heard) one.dispose();
      resolve();
    };
    const timer = setTimeout(go, 100);
    heard.push(vscode.languages.onDidChangeDiagnostics(go), vscode.workspace.onDidChangeTextDocument(go));
  });
}

const root = () => vscode.workspace.workspaceFolders[0].uri.fsPath;

/** A file of the workspace with this text, open in an editor. */
async function open(name, text) {
  const file = path.join(root(), name);
  if (text !== undefined) fs.writeFileSync(file, text);
  const document = await vscode.workspace.openTextDocument(file);
  return vscode.window.showTextDocument(document);
}

/** The diagnostics of a document, all or of one rule. */
function diagnostics(uri, rule) {
  const code = (found) => String(found.code?.value ?? found.code);
  return vscode.languages.getDiagnostics(uri).filter((found) => !rule || code(found) === rule);
}

/** The extension under test, active. */
async function vetline() {
  const extension = vscode.extensions.getExtension("vetline.vetline");
  assert.ok(extension, "vetline.vetline is not installed");
  const api = await extension.activate();
  await api?.ready?.();
  return api;
}

/** The assistant of the tests: set `next` to what it shall complete with. */
async function companion() {
  return vscode.extensions.getExtension("example.assistant").activate();
}

/** Run tests one after another and write down how each went, where the runner looks for it. */
function suite(tests) {
  return async () => {
    const results = [];
    for (const [name, test] of Object.entries(tests)) {
      const begun = Date.now();
      let error = null;
      try {
        await test();
      } catch (raised) {
        error = raised?.stack ?? String(raised);
      }
      results.push({ name, error, milliseconds: Date.now() - begun });
      fs.writeFileSync(path.join(path.dirname(root()), "results.json"), JSON.stringify(results));
    }
  };
}

module.exports = { assert, companion, diagnostics, fs, open, path, root, suite, until, vetline, vscode };
