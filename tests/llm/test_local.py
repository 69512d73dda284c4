"""Models on this machine: real `transformers` models, tiny and with random weights, through the real code."""

import json
import threading

import pytest

pytest.importorskip("torch", reason="未安装 torch（附加包 local-llm），跳过本机模型的测试")

from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.schema import NodeWithScore, TextNode

from ingest.errors import ModelError
from ingest.models.build import embedding_from, language_model_from, reranker_from
from ingest.settings import load_settings

TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
QUESTION = "高速公路到2025年要达到多少公里？"


@pytest.fixture(scope="module")
def tokenizer(raw):
    """A byte-level BPE trained on the plan, with the tokens of a chat and of an encoder."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bare = Tokenizer(models.BPE())
    bare.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bare.decoder = decoders.ByteLevel()
    special = ["<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "[CLS]", "[SEP]"]
    trainer = trainers.BpeTrainer(
        vocab_size=700, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    bare.train_from_iterator(raw[:40_000].splitlines(), trainer)
    made = PreTrainedTokenizerFast(
        tokenizer_object=bare, pad_token="<|pad|>", eos_token="<|end|>", cls_token="[CLS]", sep_token="[SEP]"
    )
    made.chat_template = TEMPLATE
    return made


@pytest.fixture(scope="module")
def chat_folder(tokenizer, tmp_path_factory):
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=4096,
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("chat") / "tiny-chat"
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def bert_config(tokenizer, **given):
    from transformers import BertConfig

    return BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, max_position_embeddings=256, pad_token_id=tokenizer.pad_token_id, **given,
    )  # fmt: skip


@pytest.fixture(scope="module")
def encoder_folder(tokenizer, tmp_path_factory):
    """An encoder in the layout of sentence-transformers: mean pooling, a prompt for questions."""
    import torch
    from transformers import BertModel

    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("encoder") / "tiny-encoder"
    BertModel(bert_config(tokenizer)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_mean_tokens": True}))
    prompts = {"prompts": {"query": "查：", "document": ""}}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(prompts), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def llm(chat_folder):
    return language_model_from(load_settings(llm="local", llm_model=str(chat_folder), llm_answer_tokens=64))


def test_a_chat_is_streamed_by_its_template(llm):
    pieces = list(llm.stream_chat([ChatMessage(role="user", content="种粮有什么支持？")]))
    assert "".join(piece.delta for piece in pieces) == pieces[-1].message.content
    assert pieces[-1].raw["finish_reason"] in ("stop", "length")
    assert len(pieces) > 2
    assert llm._prompt([ChatMessage(role="user", content="问")]) == "<|user|>问<|end|><|assistant|>"


def test_no_randomness_at_temperature_zero(chat_folder):
    cold = language_model_from(
        load_settings(llm="local", llm_model=str(chat_folder), llm_answer_tokens=64, llm_temperature=0)
    )
    said = [cold.chat([ChatMessage(role="user", content="种粮？")]).message.content for _ in range(2)]
    assert said[0] == said[1]


def test_tokens_are_counted_by_the_models_own_tokenizer(llm, tokenizer):
    assert llm.count_tokens("种粮有什么支持？") == len(
        tokenizer.encode("种粮有什么支持？", add_special_tokens=False)
    )


def test_closing_the_stream_ends_the_generation(chat_folder):
    long = language_model_from(
        load_settings(llm="local", llm_model=str(chat_folder), llm_answer_tokens=4096, llm_context=8192)
    )
    stream = long.stream_chat([ChatMessage(role="user", content="种粮？")])
    next(stream)
    stream.close()
    with long._running:  # held by a generation until its end
        pass
    for thread in threading.enumerate():
        if thread.name == "jiwen-generate":
            thread.join(timeout=60)
    assert not [thread for thread in threading.enumerate() if thread.name == "jiwen-generate"]


def test_what_fails_inside_the_generation_is_raised_to_the_reader(llm, monkeypatch):
    def fail(**kwargs):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(llm._model, "generate", fail)
    with pytest.raises(ModelError, match="RuntimeError"):
        llm.chat([ChatMessage(role="user", content="种粮？")])


def test_the_nonsense_of_random_weights_reaches_nobody(index, index_settings, chat_folder, verbatim_engine):
    from bot.engine import Engine
    from bot.llm import writer_for

    settings = load_settings(
        data=index_settings.data,
        llm="local",
        llm_model=str(chat_folder),
        llm_answer_tokens=64,
        llm_timeout=60,
    )
    engine = Engine(index, settings, writer=writer_for(language_model_from(settings), index, settings))
    answer = engine.ask(QUESTION)
    assert answer.text.startswith(verbatim_engine.ask(QUESTION).text)
    assert answer.mode == "extractive"
    assert answer.trace["llm"]["reason"] in ("unsupported", "cut_off", "too_long", "empty")


def test_a_local_model_that_is_busy_is_left_behind(index, index_settings, chat_folder):
    from bot.engine import Engine
    from bot.llm import writer_for

    settings = load_settings(data=index_settings.data, llm="local", llm_model=str(chat_folder), llm_timeout=1)
    llm = language_model_from(settings)
    engine = Engine(index, settings, writer=writer_for(llm, index, settings))
    with llm._running:  # another generation holds the model
        assert engine.ask(QUESTION).trace["llm"]["reason"] == "timeout"


def test_a_model_without_a_chat_template_is_told(chat_folder, tmp_path):
    import shutil

    folder = tmp_path / "bare"
    shutil.copytree(chat_folder, folder)
    for name in ("chat_template.jinja", "tokenizer_config.json"):
        path = folder / name
        if name.endswith(".jinja"):
            path.unlink(missing_ok=True)
        else:
            config = json.loads(path.read_text(encoding="utf-8"))
            config.pop("chat_template", None)
            path.write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ModelError, match="chat template"):
        language_model_from(load_settings(llm="local", llm_model=str(folder)))


def test_four_bits_without_a_card_are_told(chat_folder):
    import torch

    if torch.cuda.is_available():
        pytest.skip("这台机器有显卡")
    with pytest.raises(ModelError, match="JIWEN_LLM_4BIT"):
        language_model_from(load_settings(llm="local", llm_model=str(chat_folder), llm_4bit=True))


@pytest.mark.parametrize("break_it", ["weights", "config"])
def test_a_folder_that_is_no_model_is_told(chat_folder, tmp_path, break_it):
    import shutil

    folder = tmp_path / "broken"
    shutil.copytree(chat_folder, folder)
    (folder / ("config.json" if break_it == "config" else "model.safetensors")).unlink()
    with pytest.raises(ModelError, match="JIWEN_LLM_MODEL"):
        language_model_from(load_settings(llm="local", llm_model=str(folder)))


def test_a_local_encoder_as_its_folder_says(encoder_folder, small_source, tmp_path):
    from ingest.index import open_index

    settings = load_settings(embedding=str(encoder_folder), source=small_source, data=tmp_path)
    embedding = embedding_from(settings)
    assert (embedding.pooling, embedding.query_prompt) == ("mean", "查：")
    vectors = embedding.get_text_embedding_batch(["粮食", "公路建设和粮食生产"])
    assert [round(sum(x * x for x in vector), 4) for vector in vectors] == [1.0, 1.0]
    alone = embedding.get_text_embedding("粮食")
    assert max(abs(x - y) for x, y in zip(alone, vectors[0], strict=True)) < 1e-4  # padding changes nothing
    assert open_index(settings).built
    assert not open_index(settings).built


def test_other_weights_are_another_encoder(encoder_folder, tokenizer, tmp_path):
    from transformers import BertModel

    other = tmp_path / "other"
    BertModel(bert_config(tokenizer)).save_pretrained(other)
    tokenizer.save_pretrained(other)
    first, again, second = (
        embedding_from(load_settings(embedding=str(folder))).fingerprint
        for folder in (encoder_folder, encoder_folder, other)
    )
    assert first == again != second


def test_a_local_cross_encoder_orders_nodes(tokenizer, tmp_path):
    from transformers import BertForSequenceClassification

    folder = tmp_path / "cross"
    BertForSequenceClassification(bert_config(tokenizer, num_labels=1)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    reranker = reranker_from(load_settings(reranker=str(folder)))
    nodes = [
        NodeWithScore(node=TextNode(text=text), score=0.0) for text in ("粮食生产", "公路建设", "医疗" * 300)
    ]
    ordered = reranker.postprocess_nodes(nodes, query_str="种粮")
    assert [node.score for node in ordered] == sorted((node.score for node in ordered), reverse=True)
    assert {node.node.text for node in ordered} == {node.node.text for node in nodes}
