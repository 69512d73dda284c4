"""The tabs 名词解释 and 主要指标: their controls and what these change."""

from functools import cache
from typing import TYPE_CHECKING, Any

from bot.web.indicators import ALL, SORTS, chart_html, choices, pick, table_html, table_rows
from bot.web.loading import EngineLoader
from bot.web.markup import tag
from bot.web.terms import Entry, search_terms, term_entries, terms_html
from prompts import wording

if TYPE_CHECKING:
    import gradio as gr

_QUICK: Any = {"queue": False, "api_visibility": "private", "show_progress": "hidden"}


class TermsTab:
    """名词解释: a search box over cards.

    Args:
        loader: where the engine comes from; until it is there the tab is empty.
    """

    def __init__(self, loader: EngineLoader) -> None:
        self.loader = loader
        self.entries = cache(self._read)  # a loader opens one engine only

    def build(self, ready: "gr.events.Dependency") -> None:
        """Put the tab on the page; it is filled after the event `ready`."""
        import gradio as gr

        with gr.Column(elem_classes="jw-sheet"):
            box = gr.Textbox(
                label=wording("web_terms.search"),
                placeholder=wording("web_terms.placeholder"),
                value="",
                elem_id="jw-term-box",
                max_lines=1,
            )
            cards = gr.HTML(_none("web_error.not_ready"), elem_id="jw-terms", js_on_load=None)
        # `change` and not `input`, which Gradio sends for key presses only: not for a paste or what an input
        # method writes. Filled with what the box holds by then: one may have begun to type.
        for event in (box.change, ready.then):
            event(self.search, box, cards, trigger_mode="always_last", **_QUICK)

    def search(self, text: str) -> str:
        """The cards for a search."""
        return (
            terms_html(search_terms(self.entries(), text))
            if self.loader.engine()
            else _none("web_error.not_ready")
        )

    def _read(self) -> tuple[Entry, ...]:
        engine = self.loader.engine()
        assert engine is not None
        return term_entries(engine.index.plan, engine.index.passages)


class IndicatorsTab:
    """主要指标: filters and sorting over the table and its chart.

    Args:
        loader: where the engine comes from; until it is there the tab is empty.
    """

    def __init__(self, loader: EngineLoader) -> None:
        self.loader = loader

    def build(self, ready: "gr.events.Dependency") -> None:
        """Put the tab on the page; it is filled after the event `ready`."""
        import gradio as gr

        every = [(wording("web_indicators.all"), ALL)]
        with gr.Column(elem_classes="jw-sheet jw-sheet-wide"):
            with gr.Row(elem_id="jw-filters"):
                category = gr.Dropdown(
                    every, value=ALL, label=wording("web_indicators.category"), min_width=140
                )
                attribute = gr.Dropdown(
                    every, value=ALL, label=wording("web_indicators.attribute"), min_width=140
                )
                sort = gr.Dropdown(
                    [(wording(f"web_indicators.sort_{name}"), name) for name in SORTS],
                    value=SORTS[0],
                    label=wording("web_indicators.sort"),
                    min_width=140,
                )
                gr.HTML(_downloads(), elem_id="jw-downloads", js_on_load=None)
            table = gr.HTML(
                _none("web_error.not_ready"),
                elem_id="jw-indicators",
                js_on_load=None,
            )
            chart = gr.HTML("", elem_id="jw-indicator-chart", js_on_load=None)
        controls = [category, attribute, sort]
        for control in controls:
            control.input(self.show, controls, [table, chart], **_QUICK)
        ready.then(self.fill, None, [table, chart, category, attribute], **_QUICK)

    def fill(self) -> list[Any]:
        """What to show once the engine is there: the whole table, and the choices it has."""
        import gradio as gr

        engine = self.loader.engine()
        every = [(wording("web_indicators.all"), ALL)]
        lists = choices(table_rows(engine.index.plan)) if engine else ([], [])
        return [
            *self.show(ALL, ALL, SORTS[0]),
            *(gr.update(choices=[*every, *((name, name) for name in names)]) for names in lists),
        ]

    def show(self, category: str, attribute: str, sort: str) -> list[str]:
        """The table and the chart for a choice."""
        engine = self.loader.engine()
        found = engine.index.plan.indicator_table() if engine else None
        if engine is None or found is None:
            return [
                _none("web_indicators.no_table" if engine else "web_error.not_ready"),
                "",
            ]
        plan = engine.index.plan
        rows = pick(table_rows(plan), category, attribute, sort)
        return [table_html(rows, found[2], plan), chart_html(rows)]


def _downloads() -> str:
    links = []
    for kind in ("xlsx", "csv"):
        label, address = wording(f"web_indicators.{kind}"), f"plan/indicators.{kind}"
        links.append(tag("a", label, class_="jw-button", href=address, download=True))
    return str(tag("div", *links, class_="jw-downloads"))


def _none(name: str) -> str:
    return str(tag("p", wording(name), class_="jw-none"))
