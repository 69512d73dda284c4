// Citations: a chip shows place and quotation when pointed at, and opens the text beside the chat when clicked.
(() => {
  const { words, make, copy, store, reading, actions } = jiwen;
  const pane = () => document.getElementById("jw-source-pane");
  let back = null; // where the focus was

  const told = (link) => {
    if (link.title) {
      [link.dataset.place, link.dataset.quote] = [link.title.split("\n")[0], link.title.split("\n").slice(1).join("\n")];
      link.removeAttribute("title"); // else the browser shows its own beside ours
    }
    return {
      place: link.dataset.place ?? link.querySelector(".jw-place")?.textContent ?? "",
      quote: link.dataset.quote ?? link.querySelector(".jw-quote")?.textContent ?? "",
    };
  };

  // The hint over a chip.
  let hint;
  let pointed = null;
  const point = (link) => {
    pointed = link;
    const { place, quote } = told(link);
    hint ??= document.body.appendChild(make("div", { id: "jw-hint", role: "tooltip" }));
    hint.replaceChildren(make("strong", {}, place), make("span", {}, quote.length > 160 ? quote.slice(0, 159) + "…" : quote));
    link.setAttribute("aria-describedby", "jw-hint");
    hint.classList.add("jw-shown");
    const [at, box] = [link.getBoundingClientRect(), hint.getBoundingClientRect()];
    const left = Math.min(Math.max(8, at.left + at.width / 2 - box.width / 2), innerWidth - box.width - 8);
    const above = at.top - box.height - 8;
    hint.style.left = `${left}px`;
    hint.style.top = `${above > 8 ? above : at.bottom + 8}px`;
  };
  const unpoint = () => {
    pointed = null;
    hint?.classList.remove("jw-shown");
  };
  const chipOf = (event) => event.target.closest?.("a.jw-chip");
  document.addEventListener("pointerover", (event) => event.pointerType === "mouse" && chipOf(event) && point(chipOf(event)));
  document.addEventListener("pointerout", (event) => chipOf(event) && unpoint());
  document.addEventListener("focusin", (event) => (chipOf(event) ? point(chipOf(event)) : unpoint()));
  // What scrolls takes the chip along: the hint follows as long as the chip is still pointed at.
  document.addEventListener("scroll", () => (pointed?.matches(":hover, :focus") ? point(pointed) : unpoint()), true);

  const open = async (link) => {
    const { place, quote } = told(link);
    const hash = link.getAttribute("href");
    const where = reading.parse(hash);
    if (!where) return;
    const wasOpen = !pane().hidden;
    if (!wasOpen) back = link;
    const text = make("div", { class: "jw-pane-text", tabindex: "0", role: "region", "aria-label": words.reading }, make("p", { class: "jw-loading" }, words.loading));
    const path = make("div", { class: "jw-pane-path" });
    pane().replaceChildren(
      make(
        "div", { class: "jw-pane-head" },
        make("div", { class: "jw-pane-where" }, path, make("p", { class: "jw-pane-place" }, place)),
        make("button", { type: "button", class: "jw-link", "data-jw": "pane-close", "aria-label": words.close }, "✕"),
      ),
      text,
      make("a", { class: "jw-visit jw-pane-visit", href: hash }, words.open_reading),
    );
    pane().hidden = false;
    document.body.classList.add("jw-pane-open");
    // On a phone the way back is the back button: one step of history for one opening.
    if (!wasOpen) history.pushState({ pane: true }, "");
    await reading.load();
    text.replaceChildren(reading.article());
    path.replaceChildren(...reading.place(where.id).path.map((line) => make("span", {}, line)));
    const problem = reading.go(where, text, quote);
    if (problem) text.prepend(make("div", { class: "jw-pane-problem", role: "alert" }, make("p", {}, words[problem]), make("blockquote", {}, quote)));
    text.focus({ preventScroll: true });
  };
  const close = () => {
    if (!pane() || pane().hidden) return;
    pane().hidden = true;
    document.body.classList.remove("jw-pane-open");
    if (back?.isConnected) back.focus({ preventScroll: true });
  };
  jiwen.pane = { open, close };

  actions["pane-close"] = () => (history.state?.pane ? history.back() : close());
  window.addEventListener("popstate", (event) => event.state?.pane || close());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") pane() && !pane().hidden ? actions["pane-close"]() : unpoint();
    if (event.key === " " && event.target.matches?.("a.jw-action")) {
      event.preventDefault();
      event.target.click();
    }
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.jw-chip, a.jw-source, a.jw-action");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    unpoint();
    const address = link.getAttribute("href");
    if (address.startsWith("plan/text?")) return void window.open(address, "_blank", "noopener"); // another plan's
    const action = /^#(copy|link)-(\d+)$/.exec(link.getAttribute("href"));
    if (!action) return open(link);
    const turn = store.turn(Number(action[2]));
    if (!turn) return;
    if (action[1] === "copy") copy(turn.plain, words.copied);
    else copy(`${location.origin}${location.pathname}?q=${encodeURIComponent(turn.question)}`, words.link_copied);
  });
})();
