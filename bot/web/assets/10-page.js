// The page's own scripts live in `jiwen`; each file adds one part. Texts come from `jiwenWords`.
window.jiwen = {};

(() => {
  const words = window.jiwenWords;
  const root = document.documentElement;
  root.lang = "zh-CN";
  root.classList.toggle("jw-embedded", new URL(location.href).searchParams.has("embedded"));
  root.style.setProperty("--jw-next", JSON.stringify(words.next_questions));

  const remember = (key, value) => {
    try {
      localStorage.setItem("jiwen." + key, value);
    } catch {
      // Private windows may refuse: the choice then lasts as long as the page.
    }
  };
  const recall = (key) => {
    try {
      return localStorage.getItem("jiwen." + key);
    } catch {
      return null;
    }
  };

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === true) element.setAttribute(name, "");
      else if (value !== false && value != null) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  };

  let toastTimer;
  const toast = (text) => {
    if (!text) return;
    let box = document.getElementById("jw-toast");
    if (!box) {
      box = make("div", { id: "jw-toast", role: "status" });
      document.body.append(box);
    }
    box.textContent = text;
    box.classList.add("jw-shown");
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => box.classList.remove("jw-shown"), 2600);
  };

  const copy = async (text, done) => {
    try {
      await navigator.clipboard.writeText(text);
      toast(done);
    } catch {
      // Without https the clipboard is closed to scripts; the old way still works.
      const area = make("textarea", { class: "jw-sr" });
      area.value = text;
      document.body.append(area);
      area.select();
      const copied = document.execCommand("copy");
      area.remove();
      toast(copied ? done : words.copy_failed);
    }
  };

  const download = (name, text, type) => {
    const link = make("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  const press = (what, on) => {
    for (const button of document.querySelectorAll(`[data-jw="${what}"]`)) button.setAttribute("aria-pressed", on);
  };
  const showTheme = () => {
    const dark = recall("theme") ? recall("theme") === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    document.body.classList.toggle("dark", dark);
    root.style.colorScheme = dark ? "dark" : "light";
    press("dark", dark);
    const large = recall("large") === "yes";
    root.classList.toggle("jw-large", large);
    press("large", large);
  };
  const toggle = {
    dark: () => remember("theme", document.body.classList.contains("dark") ? "light" : "dark"),
    large: () => remember("large", root.classList.contains("jw-large") ? "no" : "yes"),
  };

  const actions = {};
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-jw]");
    if (!button) return;
    const what = button.dataset.jw;
    if (toggle[what]) {
      toggle[what]();
      showTheme();
    } else actions[what]?.(button, event);
  });
  actions.skip = (_, event) => {
    event.preventDefault();
    document.querySelector("#jw-box textarea")?.focus();
  };
  actions.print = () => window.print();

  // Elements of the page that Gradio makes appear some time after the scripts run.
  const appears = (selector, then) => {
    const found = document.querySelector(selector);
    if (found) return then(found);
    const watcher = new MutationObserver(() => {
      const element = document.querySelector(selector);
      if (!element) return;
      watcher.disconnect();
      then(element);
    });
    watcher.observe(root, { childList: true, subtree: true });
  };
  appears(".jw-header", showTheme);

  Object.assign(jiwen, { words, make, toast, copy, download, remember, recall, actions, appears });
})();
