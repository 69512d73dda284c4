"""The page's look: a theme with system fonts, and the style sheets and scripts put into the page's head."""

import html
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from prompts import section, wording

if TYPE_CHECKING:
    import gradio as gr

ASSETS = Path(__file__).resolve().parent / "assets"
FONTS = (
    "PingFang SC",
    "HarmonyOS Sans SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "sans-serif",
)

# A quiet green with enough contrast on both grounds (WCAG AA for text at 600 on white and 300 on 950).
_GREEN = {
    "c50": "#eef6f2", "c100": "#d6eae0", "c200": "#b0d6c4", "c300": "#82bda2", "c400": "#549f7f",
    "c500": "#358264", "c600": "#26694f", "c700": "#205542", "c800": "#1b4436", "c900": "#17382d",
    "c950": "#0c201a",
}  # fmt: skip
_GREY = {
    "c50": "#faf9f6", "c100": "#f2f0eb", "c200": "#e5e2da", "c300": "#cfcbc0", "c400": "#9c988d",
    "c500": "#716e65", "c600": "#56534c", "c700": "#3d3b36", "c800": "#272622", "c900": "#1c1b19",
    "c950": "#131211",
}  # fmt: skip


def theme() -> "gr.themes.Base":
    """The theme; only fonts of the reader's own system, so the page fetches none."""
    import gradio as gr

    green = gr.themes.Color(name="jw-green", **_GREEN)
    grey = gr.themes.Color(name="jw-grey", **_GREY)
    fonts = [gr.themes.Font(name) for name in FONTS]
    return gr.themes.Base(
        primary_hue=green,
        secondary_hue=green,
        neutral_hue=grey,
        font=fonts,
        font_mono=[gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")],
        radius_size=gr.themes.sizes.radius_md,
    ).set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        background_fill_primary="white",
        background_fill_primary_dark="*neutral_900",
        background_fill_secondary="*neutral_50",
        background_fill_secondary_dark="*neutral_950",
        body_text_color="*neutral_800",
        body_text_color_dark="*neutral_100",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        block_border_width="0px",
        block_shadow="none",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        link_text_color="*primary_600",
        link_text_color_dark="*primary_300",
        link_text_color_hover="*primary_700",
        link_text_color_hover_dark="*primary_200",
        link_text_color_visited="*primary_600",
        link_text_color_visited_dark="*primary_300",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_dark="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_hover_dark="*primary_500",
        button_primary_text_color="white",
        button_primary_text_color_dark="white",
        button_secondary_background_fill="white",
        button_secondary_background_fill_dark="*neutral_800",
        button_secondary_background_fill_hover="*primary_50",
        button_secondary_background_fill_hover_dark="*neutral_700",
        button_secondary_border_color="*neutral_200",
        button_secondary_border_color_dark="*neutral_700",
        button_border_width="1px",
        input_border_width="1px",
        input_border_width_dark="1px",
        input_background_fill="white",
        input_background_fill_dark="*neutral_800",
        input_border_color="*neutral_300",
        input_border_color_dark="*neutral_700",
        input_border_color_focus="*primary_500",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
    )


@cache
def style() -> str:
    """The page's style sheets, for Gradio's `css`, which gives their selectors weight over its own."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(ASSETS.glob("*.css")))


@cache
def head() -> str:
    """What goes into the page's head, inline so that nothing is fetched: description, frame and scripts."""
    words = json.dumps(section("web_script"), ensure_ascii=False).replace("<", "\\u003c")
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in sorted(ASSETS.glob("*.js")))
    frame = (ASSETS / "frame" / "frame.css").read_text(encoding="utf-8")
    about = html.escape(wording("web_page.tagline"))
    return (
        f'<meta name="description" content="{about}"><meta name="color-scheme" content="light dark">'
        f"<style>{frame}</style><script>window.jiwenWords = {words};\n{scripts}</script>"
    )
