"""The chat tab: its components, and which of them change when something is asked."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.plans.choose import plans_of
from bot.web.chat import Chat, messages
from bot.web.conversation import Conversation, ConversationError, dump, load
from bot.web.frames import frames
from bot.web.markup import button, tag
from bot.web.message import note_message
from bot.web.schemas import keep_schema
from bot.web.service import Service
from prompts import wording

if TYPE_CHECKING:
    import gradio as gr

    from bot.engine import Engine

Steps = AsyncGenerator[list[Any], None]  # values of the chat's components, as they change

EXAMPLE_GROUPS = ("web_examples_1", "web_examples_2", "web_examples_3")
EXAMPLES = ("q1", "q2", "q3")


@dataclass(frozen=True)
class ChatParts:
    """The chat's components that other parts of the page work with."""

    chatbot: "gr.Chatbot"
    carrier: "gr.Textbox"  # the conversation as JSON, in a hidden box, for the scripts to save
    box: "gr.Textbox"
    linked: "gr.Textbox"  # a question that came with the address (?q=)
    welcome: "gr.Column"
    plan: "gr.Dropdown | None"  # which plan is asked, where there are several


def build_chat(chat: Chat, service: Service) -> ChatParts:
    """Put the chat's components on the page, in the open `gr.Blocks`, and wire them."""
    import gradio as gr

    keep_schema(gr.Chatbot.data_model)
    with gr.Row(elem_id="jw-chat", equal_height=False):
        with gr.Column(elem_id="jw-side", scale=0, min_width=220):
            gr.HTML(_side_html(), elem_id="jw-side-html", js_on_load=None)
        with gr.Column(elem_id="jw-main", scale=1, min_width=300):
            with gr.Column(elem_id="jw-welcome") as welcome:
                examples = _build_welcome()
            chatbot = gr.Chatbot(
                label=wording("web_chat.label"),
                show_label=False,
                elem_id="jw-chatbot",
                height="100%",
                sanitize_html=True,
                allow_tags=False,
                latex_delimiters=[],
                buttons=[],
                feedback_options=("Like", "Dislike"),
                layout="panel",
                autoscroll=False,  # the scripts bring the question just asked into view instead
                visible=False,
            )
            plan = _build_plan(chat)
            with gr.Row(elem_id="jw-ask", equal_height=True):
                box = gr.Textbox(
                    label=wording("web_chat.box"),
                    show_label=False,
                    container=False,
                    placeholder=wording("web_chat.placeholder"),
                    lines=1,
                    max_lines=5,
                    scale=1,
                    elem_id="jw-box",
                )
                send = gr.Button(
                    wording("web_chat.send"), variant="primary", scale=0, min_width=84, elem_id="jw-send"
                )
                stop = gr.Button(
                    wording("web_chat.stop"), scale=0, min_width=84, elem_id="jw-stop", visible=False
                )
            gr.HTML(_tools_html(), elem_id="jw-tools", js_on_load=None)
        gr.HTML(_pane_html(), elem_id="jw-pane", js_on_load=None)
    carrier = gr.Textbox(visible="hidden", elem_id="jw-carrier", show_label=False)
    linked = gr.Textbox(visible="hidden", elem_id="jw-linked", show_label=False)
    opener = gr.Button(visible="hidden", elem_id="jw-opener")
    parts = ChatParts(chatbot, carrier, box, linked, welcome, plan)
    _wire(chat, service, parts, send=send, stop=stop, opener=opener, examples=examples)
    return parts


def _build_welcome() -> "list[gr.Button]":
    import gradio as gr

    hello = tag("h2", wording("web_chat.welcome"), class_="jw-hello")
    more = tag("p", wording("web_chat.welcome_more"), class_="jw-hello-more")
    gr.HTML(str(hello + more), js_on_load=None)
    buttons = []
    with gr.Row(elem_id="jw-examples"):
        for group in EXAMPLE_GROUPS:
            with gr.Column(min_width=200, elem_classes="jw-example-group"):
                gr.HTML(str(tag("h3", wording(f"{group}.who"), class_="jw-who")), js_on_load=None)
                buttons += [
                    gr.Button(wording(f"{group}.{name}"), size="sm", elem_classes="jw-example")
                    for name in EXAMPLES
                ]
    return buttons


def _build_plan(chat: Chat) -> "gr.Dropdown | None":
    import gradio as gr

    if chat.settings.plans is None:
        return None
    return gr.Dropdown(
        [(wording("plans.all"), "")],
        value="",
        label=wording("plans.choose"),
        show_label=False,
        container=False,
        filterable=True,
        elem_id="jw-which",
    )


def plan_choices(engine: "Engine | None") -> "dict[str, Any]":
    """The plans to choose from, once they are known."""
    import gradio as gr

    if engine is None:
        return gr.skip()
    plans = [(entry.label, entry.key) for entry in plans_of(engine)]
    return gr.update(choices=[(wording("plans.all"), ""), *plans])


def _wire(
    chat: Chat,
    service: Service,
    parts: ChatParts,
    *,
    send: "gr.Button",
    stop: "gr.Button",
    opener: "gr.Button",
    examples: "list[gr.Button]",
) -> None:
    import gradio as gr

    outputs = [parts.chatbot, parts.carrier, parts.box, parts.welcome, send, stop]
    unchanged = [gr.skip()] * len(outputs)

    def show(
        shown: list[dict[str, object]], conversation: Conversation, over: bool, box: object
    ) -> list[Any]:
        return [
            gr.update(value=shown, visible=bool(shown), feedback_value=ratings(conversation)),
            dump(conversation) if over else gr.skip(),
            box,
            gr.update(visible=not shown),
            gr.update(visible=over),
            gr.update(visible=not over),
        ]

    ask, ask_linked, ask_again, option = _ask_handlers(chat, service, show, unchanged)

    def open_stored(carrier: str) -> list[Any]:
        # The box is left alone: one may have begun to type.
        try:
            conversation = load(carrier)
        except ConversationError as error:
            return show([note_message(str(error))], Conversation(), True, gr.skip())
        return show(messages(conversation), conversation, True, gr.skip())

    limits: Any = {
        "concurrency_limit": None,  # the gate before the engine has the limit, and tells one's place
        "api_visibility": "private",
        "show_progress": "hidden",
    }
    quick: Any = {"queue": False, "api_visibility": "private", "show_progress": "hidden"}
    save = "(carrier) => jiwen.store.save(carrier)"

    def asking(event: "gr.events.Dependency") -> "gr.events.Dependency":
        event.then(None, parts.carrier, js=save, **quick)
        return event

    chosen = [parts.plan] if parts.plan is not None else []
    runs: list[Any] = [
        asking(parts.box.submit(ask, [parts.box, parts.carrier, *chosen], outputs, **limits)),
        asking(send.click(ask, [parts.box, parts.carrier, *chosen], outputs, **limits)),
        asking(parts.chatbot.option_select(option, [parts.carrier, *chosen], outputs, **limits)),
        asking(parts.chatbot.retry(ask_again, [parts.carrier, *chosen], outputs, **limits)),
        *(
            asking(button.click(ask, [button, parts.carrier, *chosen], outputs, **limits))
            for button in examples
        ),
    ]
    # Leaving for another conversation, or stopping, ends what is running: its answer belongs to the old one.
    opener.click(open_stored, parts.carrier, outputs, js="() => jiwen.store.opened()", cancels=runs, **quick)
    stop.click(open_stored, parts.carrier, outputs, cancels=runs, **quick)
    blocks = gr.context.Context.root_block
    assert blocks is not None
    started = blocks.load(
        lambda carrier, linked: [*open_stored(carrier), linked],
        [parts.carrier, parts.linked],
        [*outputs, parts.linked],
        js="() => jiwen.store.start()",
        **quick,
    )
    asking(started.then(ask_linked, [parts.linked, parts.carrier, *chosen], outputs, **limits))


def _ask_handlers(
    chat: Chat, service: Service, show: Callable[..., list[Any]], unchanged: list[Any]
) -> "tuple[Callable[..., Steps], ...]":
    """What happens when something is asked: as typed, with the address, once more, or by a suggestion."""
    import gradio as gr

    async def ask(question: str, carrier: str, request: gr.Request, plan: str | None = None) -> Steps:
        begun = False
        async with aclosing(frames(service, chat, question, carrier, request, plan or "")) as steps:
            async for shown, conversation, over in steps:
                if begun and not over:
                    # Only the messages change: an update of anything else makes Gradio build it anew.
                    yield [shown, *unchanged[1:]]
                    continue
                begun = True
                # A question that was refused as it stands stays in the box, to be mended there.
                kept = question if over and not _answered(shown, conversation) else ""
                yield show(shown, conversation, over, gr.update(value=kept))

    async def ask_linked(question: str, carrier: str, request: gr.Request, plan: str | None = None) -> Steps:
        if not question.strip():
            yield unchanged  # a generator that yields nothing would empty its outputs
            return
        async with aclosing(ask(question, carrier, request, plan)) as steps:
            async for step in steps:
                yield step

    async def ask_again(carrier: str, request: gr.Request, plan: str | None = None) -> Steps:
        conversation = load(carrier)
        if not conversation.turns:
            yield unchanged
            return
        again = ask(conversation.turns[-1].question, dump(conversation.without_last()), request, plan)
        async with aclosing(again) as steps:
            async for step in steps:
                yield step

    async def option(
        event: gr.SelectData, carrier: str, request: gr.Request, plan: str | None = None
    ) -> Steps:
        async with aclosing(ask(str(event.value), carrier, request, plan)) as steps:
            async for step in steps:
                yield step

    return ask, ask_linked, ask_again, option


def ratings(conversation: Conversation) -> list[str | None]:
    """The thumbs of a conversation's answers, as the chat component wants them."""
    names = {"good": "Like", "bad": "Dislike"}
    return [names[turn.rating] if turn.rating else None for turn in conversation.turns]


def _answered(shown: list[dict[str, object]], conversation: Conversation) -> bool:
    return bool(conversation.turns) and shown == messages(conversation)


def _side_html() -> str:
    new = tag("div", button("new", f"＋ {wording('web_chat.new')}", "jw-button"), class_="jw-side-head")
    stored = tag("nav", tag("ul", id="jw-conversations"), aria_label=wording("web_chat.history"))
    private = tag(
        "p", wording("web_chat.private"), button("clear", wording("web_chat.clear")), class_="jw-private"
    )
    api = tag("p", tag("a", wording("web_chat.api"), href="api", target="_blank"), class_="jw-private")
    return str(new + stored + private + api)


def _tools_html() -> str:
    names = {
        "side": "history",
        "new": "new",
        "export-md": "export",
        "export-docx": "export_word",
        "print": "print",
    }
    buttons = [
        button(what, wording(f"web_chat.{name}"), f"jw-link jw-tool-{what}") for what, name in names.items()
    ]
    return str(tag("div", *buttons, class_="jw-tools"))


def _pane_html() -> str:
    return str(tag("aside", id="jw-source-pane", aria_label=wording("web_page.tab_reading"), hidden=True))
