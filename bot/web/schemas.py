"""The JSON schema of a component's data, made once.

Gradio makes it anew at every update of the component, which takes as long as finding an answer.
"""

from typing import Any


def keep_schema(model: Any) -> None:  # noqa: ANN401  a model class of Gradio's
    """Let a pydantic model class remember its schema; whoever asks gets a copy whose top level is its own.

    Args:
        model: the class, as in `gr.Chatbot.data_model`.
    """
    if "model_json_schema" in vars(model):
        return
    make = model.model_json_schema
    kept: dict[str, Any] = {}

    def model_json_schema(*arguments: Any, **options: Any) -> dict[str, Any]:
        if arguments or options:
            return dict(make(*arguments, **options))
        if not kept:
            kept.update(make())
        return dict(kept)

    model.model_json_schema = staticmethod(model_json_schema)
