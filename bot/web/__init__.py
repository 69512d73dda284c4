"""The web page: a chat over the plan, its text, terms and indicators, on Gradio."""
