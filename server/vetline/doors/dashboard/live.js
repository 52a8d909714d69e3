// Keeps an open page as new as the ledger: asks the server that gave it, or takes what the editor sends.
(() => {
  const EVERY = 5000; // milliseconds
  const MOST = 60000;
  const vscode = globalThis.acquireVsCodeApi?.();
  const said = document.getElementById("said");
  const button = document.getElementById("pause");
  let paused = false;
  let waiting = "";
  let pause = EVERY;

  const opened = () => [...document.querySelectorAll("details[open]")].map((one) => one.id);
  const open = (ids) => {
    for (const id of ids) {
      document.getElementById(id)?.setAttribute("open", "");
    }
  };
  const keep = () => vscode?.setState({ opened: opened(), top: scrollY });
  const show = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("main");
    const main = document.querySelector("main");
    if (!fresh || fresh.dataset.digest === main.dataset.digest) {
      return;
    }
    const before = opened();
    const focused = document.activeElement?.id;
    main.replaceWith(document.adoptNode(fresh));
    open(before);
    if (focused) {
      document.getElementById(focused)?.focus({ preventScroll: true });
    }
    said.textContent = `Updated at ${new Date().toLocaleTimeString()}`;
  };
  const take = (html) => {
    if (paused) {
      waiting = html;
    } else {
      show(html);
    }
  };

  button.hidden = false;
  button.addEventListener("click", () => {
    paused = !paused;
    button.textContent = paused ? "Resume updates" : "Pause updates";
    if (!paused && waiting) {
      show(waiting);
      waiting = "";
    }
  });
  // A link to a figure opens it, also where the host of the page handles links itself.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    const target = link && document.getElementById(link.getAttribute("href").slice(1));
    const around = target?.closest("details");
    if (around) {
      around.open = true;
      around.querySelector("summary").focus();
    }
  });

  if (vscode) {
    const kept = vscode.getState();
    if (kept) {
      open(kept.opened);
      scrollTo(0, kept.top);
    }
    document.addEventListener("toggle", keep, true);
    document.addEventListener("scrollend", keep);
    addEventListener("message", ({ data }) => take(data.html));
    return;
  }
  const ask = async () => {
    if (!document.hidden && !paused) {
      try {
        const { digest } = document.querySelector("main").dataset;
        const answer = await fetch(location.pathname, { cache: "no-store", headers: { "If-None-Match": `"${digest}"` } });
        if (answer.status === 200) {
          take(await answer.text());
        }
        if (pause > EVERY) {
          said.textContent = "Up to date again";
        }
        pause = EVERY;
      } catch {
        if (pause === EVERY) {
          said.textContent = `The server is gone; this is how it was at ${new Date().toLocaleTimeString()}`;
        }
        pause = Math.min(pause * 2, MOST);
      }
    }
    setTimeout(ask, pause);
  };
  setTimeout(ask, EVERY);
})();
