"""The engine as a llama-index query engine, for programs built on that library."""

import asyncio

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle

from bot.engine import Engine


class PlanQueryEngine(BaseQueryEngine):
    """Answers through `Engine`; the response's source nodes are the cited passages, in the marks' order.

    Metadata of a response: status, value, suggestions, and the citations as `Answer.to_json` gives them.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(callback_manager=None)
        self.engine = engine

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        answer = self.engine.ask(query_bundle.query_str)
        nodes = [
            NodeWithScore(node=self.engine.index.by_id[citation.passage_id]) for citation in answer.citations
        ]
        return Response(
            response=answer.text,
            source_nodes=nodes,
            metadata={
                "status": answer.status,
                "value": answer.value,
                "suggestions": list(answer.suggestions),
                "citations": [citation.to_json() for citation in answer.citations],
            },
        )

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}
