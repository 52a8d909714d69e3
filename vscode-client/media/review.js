// Drives the page of a review: hands what a person does to the extension, and shows what comes of it.
(() => {
  const vscode = acquireVsCodeApi();
  const { request, digest } = document.body.dataset;
  const note = document.getElementById("note");
  const outcome = document.getElementById("outcome");
  const buttons = document.querySelectorAll("[data-act]");
  const DECISIONS = ["approve", "reject", "withdraw"];
  let busy = false;

  const before = vscode.getState();
  const isSame = before?.request === request;
  if (note && isSame) {
    note.value = before.note ?? "";
  }
  const focused =
    isSame &&
    before.focus &&
    document.querySelector(`#${CSS.escape(before.focus)}, [data-act="${CSS.escape(before.focus)}"]`);
  if (focused) {
    focused.focus();
  }
  const keep = () => {
    const { activeElement } = document;
    vscode.setState({
      request,
      note: note ? note.value : (isSame && before.note) || "",
      focus: activeElement?.id || activeElement?.dataset.act || "",
    });
  };
  keep();
  document.addEventListener("input", keep);
  document.addEventListener("focusin", keep);

  const say = (text, isFault) => {
    if (outcome) {
      outcome.className = isFault ? "fault" : "";
      outcome.textContent = text;
    }
  };
  const act = (button) => {
    const { act: kind, value } = button.dataset;
    if (DECISIONS.includes(kind)) {
      if (busy) {
        return;
      }
      if (button.getAttribute("aria-disabled") === "true") {
        say(document.getElementById("said").textContent, true);
        return;
      }
      if (kind === "reject" && !note.value.trim()) {
        say("Say in the note what is wrong, then reject.", true);
        note.focus();
        return;
      }
      busy = true;
      say(kind === "withdraw" ? "Withdrawing…" : "Waiting for your signature…", false);
    }
    vscode.postMessage({ kind, value, note: note?.value ?? "", digest });
  };
  for (const button of buttons) {
    if (button.type !== "submit") {
      button.addEventListener("click", () => act(button));
    }
  }
  document.querySelector("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    act(document.querySelector("[data-act=approve]"));
  });
  window.addEventListener("message", ({ data }) => {
    if (data.kind === "failed") {
      busy = false;
      say(data.text, true);
    } else if (data.kind === "done") {
      busy = false;
      if (note) {
        note.value = "";
      }
      keep();
      say(data.text, false);
    }
  });
})();
