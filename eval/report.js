"use strict";
(() => {
  const form = document.getElementById("filters");
  const cases = [...document.querySelectorAll(".case")];
  const shown = document.getElementById("shown");
  const picked = document.getElementById("ids");
  const empty = document.getElementById("empty");
  const keys = [...form.querySelectorAll("select")].map((select) => select.name);
  const texts = new Map(cases.map((item) => [item, item.textContent.toLowerCase()]));
  let ids = null;

  const apply = () => {
    const words = form.elements.text.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const item of cases) {
      const fits =
        keys.every((key) => !form.elements[key].value || item.dataset[key] === form.elements[key].value) &&
        (!ids || ids.includes(item.dataset.id)) &&
        words.every((word) => texts.get(item).includes(word));
      item.hidden = !fits;
      count += fits;
    }
    shown.textContent = `显示 ${count} / ${cases.length} 问`;
    picked.hidden = !ids;
    if (ids) picked.textContent = `只看覆盖图中选中的 ${ids.length} 问`;
    empty.hidden = count > 0;
  };
  const go = () => document.getElementById("questions").scrollIntoView();

  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    ids = null;
    setTimeout(apply);
  });
  for (const button of document.querySelectorAll("[data-ids]")) {
    button.addEventListener("click", () => {
      form.reset();
      ids = button.dataset.ids.split(" ");
      setTimeout(() => {
        ids = button.dataset.ids.split(" ");
        form.elements.result.value = "";
        apply();
        go();
      });
    });
  }
  for (const button of document.querySelectorAll("[data-set-stage]")) {
    button.addEventListener("click", () => {
      ids = null;
      form.elements.result.value = "";
      form.elements.stage.value = button.dataset.setStage;
      apply();
      go();
    });
  }
  const open = () => {
    const item = location.hash.startsWith("#case-") && document.getElementById(location.hash.slice(1));
    if (item) {
      item.hidden = false;
      item.open = true;
      item.scrollIntoView();
    }
  };
  window.addEventListener("hashchange", open);
  apply();
  open();
})();
