// What Gradio's chat leaves to be done: labels in Chinese, and the eye on the question just asked.
(() => {
  const { words, appears } = jiwen;
  // Gradio names these buttons in the browser's language; the page is in Chinese whatever that is.
  const names = {};
  for (const [ours, theirs] of Object.entries({ retry: "Retry 重试 重試", like: "Like 赞 点赞 喜欢 讚 喜歡", dislike: "Dislike 踩 点踩 不喜欢 不讚 不喜歡", liked: "Liked", disliked: "Disliked" }))
    for (const name of theirs.split(" ")) names[name] = words[ours];
  const roles = { user: words.your_question, bot: words.answer };
  let asked = 0;

  const set = (element, name, value) => value && element.getAttribute(name) !== value && element.setAttribute(name, value);
  const tidy = (chatbot) => {
    for (const button of chatbot.querySelectorAll("button[aria-label]")) {
      const name = names[button.getAttribute("aria-label")];
      set(button, "title", name);
      set(button, "aria-label", name);
    }
    // Gradio reads the message's source out as its name.
    for (const message of chatbot.querySelectorAll("[data-testid]")) set(message, "aria-label", roles[message.dataset.testid]);
    const log = chatbot.querySelector('[role="log"]');
    if (log) set(log, "aria-label", words.chat);
    const questions = chatbot.querySelectorAll(".user-row");
    if (questions.length !== asked) {
      asked = questions.length;
      const last = questions[asked - 1];
      if (last) log.scrollTop += last.getBoundingClientRect().top - log.getBoundingClientRect().top - 8;
    }
  };
  appears("#jw-main", (main) => {
    const look = () => {
      const chatbot = main.querySelector("#jw-chatbot");
      if (chatbot) tidy(chatbot);
      else asked = 0;
    };
    new MutationObserver(look).observe(main, { childList: true, subtree: true, attributeFilter: ["aria-label"] });
    look();
  });
})();
