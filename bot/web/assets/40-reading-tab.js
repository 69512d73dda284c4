// The tab 规划原文: tree, search, page, and addresses of passages (#c05s02.p03, #page-38).
(() => {
  const { words, make, actions, appears, reading, copy } = jiwen;
  let built = false;
  let hits = [];
  let hit = -1;

  const tab = () => document.getElementById("jw-tab-reading-button");
  const scroller = () => document.getElementById("jw-reading-text");
  const shown = () => tab()?.getAttribute("aria-selected") === "true";

  const build = (home) => {
    const box = (id, kind, label, width) => make("input", { id, type: kind, "aria-label": label, placeholder: label, class: width, autocomplete: "off", min: kind === "number" ? 1 : null });
    const find = box("jw-find", "search", words.find, "jw-find");
    const page = box("jw-to-page", "number", words.to_page, "jw-to-page");
    home.replaceChildren(
      make(
        "div", { class: "jw-reading-bar", role: "search" },
        make("button", { type: "button", class: "jw-button jw-tree-button", "data-jw": "tree", "aria-expanded": "false" }, words.tree),
        find,
        make("span", { id: "jw-found", role: "status" }),
        make("button", { type: "button", class: "jw-button", "data-jw": "previous", "aria-label": words.previous }, "↑"),
        make("button", { type: "button", class: "jw-button", "data-jw": "next", "aria-label": words.next }, "↓"),
        page,
      ),
      make("div", { class: "jw-reading-body" }, make("div", { id: "jw-reading-tree" }), make("div", { id: "jw-reading-text", tabindex: "0", role: "region", "aria-label": words.reading }, make("p", { class: "jw-loading" }, words.loading))),
    );
    let timer;
    find.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => search(find.value), 180);
    });
    find.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      step(event.shiftKey ? -1 : 1);
    });
    page.addEventListener("change", () => page.value && visit(`#page-${Number(page.value)}`));
    built = true;
  };

  const show = async () => {
    const home = await new Promise((found) => appears("#jw-reading", found));
    if (!built || !home.firstChild) build(home);
    await reading.load();
    if (reading.tree().parentNode?.id !== "jw-reading-tree") document.getElementById("jw-reading-tree").replaceChildren(reading.tree());
    if (reading.article().parentNode !== scroller()) {
      jiwen.pane?.close();
      scroller().replaceChildren(reading.article());
    }
  };

  const visit = async (hash, push = true) => {
    const place = reading.parse(hash);
    if (!place) return;
    if (!shown()) tab()?.click();
    await show();
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const problem = reading.go(place, scroller());
    if (problem) return jiwen.toast(words[problem]);
    if (push && location.hash !== hash) history.pushState(null, "", location.pathname + location.search + hash);
    document.getElementById("jw-reading-tree").classList.remove("jw-shown");
  };

  const search = (text) => {
    reading.unmark("jw-found");
    [hits, hit] = [[], -1];
    const wanted = text.trim().toLowerCase();
    const said = document.getElementById("jw-found");
    if (!wanted || !reading.article()) return (said.textContent = "");
    const spans = [];
    for (const leaf of reading.leaves()) {
      const inside = reading.plainText(leaf).toLowerCase();
      const start = Number(leaf.dataset.s);
      for (let at = inside.indexOf(wanted); at >= 0; at = inside.indexOf(wanted, at + wanted.length)) {
        // A row's cells do not stand where the printed line has them: the row is marked as a whole.
        spans.push("whole" in leaf.dataset ? [start, start + 1] : [start + at, start + at + wanted.length]);
        if (spans.length >= 2000) break;
      }
    }
    hits = spans.map(([from, to]) => reading.mark(from, to, "jw-found")[0]).filter(Boolean);
    said.textContent = hits.length ? words.found.replace("%n", hits.length) : words.found_none;
    if (hits.length) step(1);
  };
  const step = (by) => {
    if (!hits.length) return;
    hits[hit]?.classList.remove("jw-found-here");
    hit = (hit + by + hits.length) % hits.length;
    hits[hit].classList.add("jw-found-here");
    const [box, at] = [scroller().getBoundingClientRect(), hits[hit].getBoundingClientRect()];
    scroller().scrollTop += at.top - box.top - box.height / 3;
    document.getElementById("jw-found").textContent = `${hit + 1} / ${hits.length}`;
  };
  actions.next = () => step(1);
  actions.previous = () => step(-1);
  actions.tree = (button) => button.setAttribute("aria-expanded", document.getElementById("jw-reading-tree").classList.toggle("jw-shown"));

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('.jw-tree a[href^="#"], .jw-plan a[href^="#"], a.jw-visit[href^="#"]');
    if (link) {
      event.preventDefault();
      visit(link.getAttribute("href"));
      if (link.classList.contains("jw-anchor")) copy(location.href.split("#")[0] + link.getAttribute("href"), words.place_copied);
    } else if (event.target.closest?.("#jw-tab-reading-button")) show();
  });
  window.addEventListener("popstate", () => location.hash && visit(location.hash, false));
  appears("#jw-tab-reading-button", () => location.hash && visit(location.hash, false));

  // 「问一问」 on a card: the question goes to the chat.
  actions.ask = (button) => {
    document.getElementById("jw-tab-chat-button")?.click();
    appears("#jw-box textarea", (box) => {
      box.value = button.dataset.question;
      box.dispatchEvent(new Event("input", { bubbles: true }));
      requestAnimationFrame(() => document.getElementById("jw-send").click());
    });
  };

  jiwen.visit = visit;
})();
