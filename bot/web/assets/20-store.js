// Conversations in this browser: one entry each, so that two open tabs do not overwrite one another.
(() => {
  const { words, make, toast, actions } = jiwen;
  const PREFIX = "jiwen.c.";
  const CURRENT = "jiwen.current";
  let current = null; // the conversation on the page, as an object
  let opening = ""; // the text of the one to be opened next

  const read = (text) => {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  };
  const all = () => {
    const found = [];
    for (let i = 0; i < localStorage.length; i++) {
      const key = localStorage.key(i);
      if (!key.startsWith(PREFIX)) continue;
      const conversation = read(localStorage.getItem(key));
      if (conversation?.id) found.push(conversation);
    }
    return found.sort((a, b) => b.updated - a.updated);
  };
  const setCurrent = (conversation) => {
    current = conversation;
    try {
      if (conversation?.turns?.length) sessionStorage.setItem(CURRENT, conversation.id);
      else sessionStorage.removeItem(CURRENT);
    } catch {
      // A browser that keeps nothing: the page works, a reload begins anew.
    }
  };

  const show = () => {
    const list = document.getElementById("jw-conversations");
    if (!list) return;
    const items = all().map((conversation) => {
      const here = conversation.id === current?.id;
      return make(
        "li",
        { class: here ? "jw-here" : "" },
        make("button", { type: "button", class: "jw-open", "data-jw": "open", "data-id": conversation.id, "aria-current": here ? "true" : null, title: conversation.title }, conversation.title),
        make("button", { type: "button", class: "jw-delete", "data-jw": "delete", "data-id": conversation.id, "aria-label": `${words.delete} ${conversation.title}`, title: words.delete }, "×"),
      );
    });
    list.replaceChildren(...(items.length ? items : [make("li", { class: "jw-empty" }, words.no_history)]));
  };

  const save = (text) => {
    const conversation = read(text);
    if (!conversation?.turns?.length) return;
    setCurrent(conversation);
    try {
      localStorage.setItem(PREFIX + conversation.id, text);
    } catch {
      toast(words.storage_full);
    }
    show();
  };
  const open = (text) => {
    opening = text;
    setCurrent(read(text));
    show();
    document.getElementById("jw-side").classList.remove("jw-shown");
    document.getElementById("jw-opener").click();
  };

  jiwen.saveFile = (made) => {
    const file = read(made);
    if (file?.said) toast(file.said);
    else if (file) jiwen.download(file.name, Uint8Array.from(atob(file.base64), (c) => c.charCodeAt(0)), file.type);
  };
  jiwen.store = {
    save,
    opened: () => opening,
    turn: (index) => current?.turns?.[index],
    // What the page begins with: the tab's conversation after a reload, and a question in the address.
    start: () => {
      const address = new URL(location.href);
      const question = address.searchParams.get("q") ?? "";
      let text = "";
      try {
        const id = question ? null : sessionStorage.getItem(CURRENT);
        text = (id && localStorage.getItem(PREFIX + id)) || "";
      } catch {
        text = "";
      }
      if (question) {
        // Asked once: a reload shows the conversation instead of asking again.
        address.searchParams.delete("q");
        history.replaceState(history.state, "", address);
      }
      setCurrent(read(text));
      show();
      return [text, question];
    },
  };

  actions.new = () => {
    open("");
    document.querySelector("#jw-box textarea")?.focus();
  };
  actions.open = (button) => open(localStorage.getItem(PREFIX + button.dataset.id) ?? "");
  actions.delete = (button) => {
    if (!confirm(words.delete_sure)) return;
    localStorage.removeItem(PREFIX + button.dataset.id);
    if (button.dataset.id === current?.id) open("");
    else show();
  };
  actions.clear = () => {
    if (!confirm(words.clear_sure)) return;
    for (const conversation of all()) localStorage.removeItem(PREFIX + conversation.id);
    open("");
  };
  actions.side = () => document.getElementById("jw-side").classList.toggle("jw-shown");
  for (const kind of ["md", "docx"])
    actions[`export-${kind}`] = () => document.getElementById(`jw-exporter-${kind}`)?.click();
  window.addEventListener("storage", show);
})();
