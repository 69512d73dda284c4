// Included by another site. It adds one button and, when pressed, one frame; it reads nothing of that site.
const script = document.currentScript;
const home = new URL("./", script.src);
const build = () => {
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" }); // the site's styles do not reach in, ours do not reach out
  const style = document.createElement("style");
  style.textContent = `
    :host { all: initial; }
    button { position: fixed; right: 20px; bottom: 20px; z-index: 2147483000; padding: 12px 20px; border: 0; border-radius: 999px;
      background: #26694f; color: #fff; font: 600 16px/1.4 "PingFang SC", "Microsoft YaHei", sans-serif; box-shadow: 0 4px 16px #0004; cursor: pointer; }
    button:focus-visible { outline: 3px solid #82bda2; outline-offset: 2px; }
    iframe { position: fixed; right: 20px; bottom: 76px; z-index: 2147483000; width: min(420px, calc(100vw - 24px)); height: min(680px, calc(100vh - 100px));
      border: 1px solid #cfcbc0; border-radius: 12px; background: #fff; box-shadow: 0 8px 32px #0004; }
    iframe[hidden] { display: none; }
    @media (max-width: 480px) { iframe { right: 12px; } }`;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words.open;
  button.setAttribute("aria-expanded", "false");
  let frame = null;
  button.addEventListener("click", () => {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.title = words.frame;
      frame.src = new URL("?embedded=1", home);
      frame.allow = "clipboard-write";
      root.append(frame);
    } else frame.hidden = !frame.hidden;
    button.textContent = frame.hidden ? words.open : words.close;
    button.setAttribute("aria-expanded", String(!frame.hidden));
  });
  root.append(style, button);
  document.body.append(host);
};
if (document.body) build();
else addEventListener("DOMContentLoaded", build);
