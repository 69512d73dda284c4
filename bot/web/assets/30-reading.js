// The plan's text: fetched once, shown in its tab or beside the chat, with a passage or a search marked in it.
(() => {
  const { words, make, toast, actions, appears } = jiwen;
  let loading = null;
  let tree = null;
  let article = null;
  let leaves = [];

  const load = () => {
    loading ??= (async () => {
      for (;;) {
        const response = await fetch("plan/reading.html");
        if (response.ok) {
          const holder = document.createElement("div");
          holder.innerHTML = await response.text(); // written by our server, with every text escaped
          [tree, article] = [holder.querySelector("nav"), holder.querySelector("article")];
          article.tabIndex = -1;
          leaves = [...article.querySelectorAll("[data-s]")].filter((e) => !e.querySelector("[data-s]"));
          return;
        }
        if (response.status !== 503) throw new Error(response.statusText);
        await new Promise((go) => setTimeout(go, 1000)); // the index is still being prepared
      }
    })();
    loading.catch(() => {
      loading = null; // the next try fetches again
      toast(words.load_failed);
    });
    return loading;
  };

  const plainNodes = (element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT, {
      acceptNode: (node) => (node.parentElement.closest("[data-x]") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT),
    });
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    return nodes;
  };
  const plainText = (element) => plainNodes(element).map((node) => node.data).join("");

  // Mark the plan's characters [start, end) with `css`; returns what was marked, in order.
  const mark = (start, end, css) => {
    const marked = [];
    for (const leaf of leaves) {
      let [at, last] = [Number(leaf.dataset.s), Number(leaf.dataset.e)];
      if (last <= start || at >= end) continue;
      if ("whole" in leaf.dataset) {
        leaf.classList.add(css);
        marked.push(leaf);
        continue;
      }
      for (const node of plainNodes(leaf)) {
        const [from, to] = [Math.max(start - at, 0), Math.min(end - at, node.length)];
        at += node.length;
        if (from >= to) continue;
        const range = document.createRange();
        range.setStart(node, from);
        range.setEnd(node, to);
        const element = make("mark", { class: css });
        range.surroundContents(element);
        marked.push(element);
      }
    }
    return marked;
  };
  const unmark = (css) => {
    for (const element of article?.querySelectorAll("." + css) ?? []) {
      if (element.tagName !== "MARK") {
        element.classList.remove(css);
        continue;
      }
      const parent = element.parentNode;
      element.replaceWith(...element.childNodes);
      parent.normalize();
    }
  };

  const bare = (text) => text.replace(/\s+/g, "");
  const textOf = (start, end) => {
    let text = "";
    for (const leaf of leaves) {
      const [s, e] = [Number(leaf.dataset.s), Number(leaf.dataset.e)];
      if (e <= start || s >= end) continue;
      if ("whole" in leaf.dataset) return null; // a table row is laid out anew: its text is not the printed line
      text += plainText(leaf).slice(Math.max(0, start - s), end - s);
    }
    return text;
  };

  // "#c05s02.p03:1200-1260" or "#c05s02.p03" or "#page-38"
  const parse = (hash) => {
    const match = /^#([\w.-]+?)(?::(\d+)-(\d+))?$/.exec(decodeURIComponent(hash));
    return match && { id: match[1], start: match[2] && Number(match[2]), end: match[3] && Number(match[3]) };
  };
  // "c05s02" names a section as well as its heading, and a paragraph that was since divided still has its first part.
  const element = (id) => {
    const named = (name) => article.querySelector(`[id="${CSS.escape(name)}"]`);
    return named(id) ?? named(id + ".outline") ?? named(id + ".1");
  };

  const scrollTo = (target, scroller) => {
    const box = scroller.getBoundingClientRect();
    const at = target.getBoundingClientRect();
    scroller.scrollTop += at.top - box.top - Math.max(24, (box.height - at.height) / 3);
  };

  // Go to a place in the article, which must be on the page. Says whether it is there, and its quotation too.
  const go = (place, scroller, quote) => {
    unmark("jw-hit");
    const block = element(place.id);
    if (!block) return "not_found";
    const spanned = place.start !== undefined && place.end > place.start;
    if (!spanned) {
      if (!place.id.startsWith("page-")) block.classList.add("jw-hit");
      scrollTo(block, scroller);
      return "";
    }
    const text = quote ? textOf(place.start, place.end) : null;
    // A wrong highlight is worse than none: the text may have changed since the message was written.
    if (text !== null && !bare(text).includes(bare(quote)) && !bare(quote).includes(bare(text))) return "quote_missing";
    const marked = mark(place.start, place.end, "jw-hit");
    scrollTo(marked[0] ?? block, scroller);
    return "";
  };
  const place = (id) => {
    const block = element(id);
    return { path: (block?.dataset.path ?? "").split("\n").filter(Boolean), page: block?.dataset.page };
  };

  jiwen.reading = { load, parse, go, place, mark, unmark, plainText, article: () => article, tree: () => tree, leaves: () => leaves };
})();
