"""Models of transformers on a chip: tiny, with random weights."""

import pytest
import torch
from chips import EXACT

from acanthite.inference import Chip
from acanthite.torch import ConversionWarning, to_hardware_aware, to_inference
from acanthite.torch.chip.layers import products_of

transformers = pytest.importorskip("transformers", reason="needs the package transformers")

TOKENS = torch.arange(14).reshape(2, 7) % 11


def bert():
    config = transformers.BertConfig(
        vocab_size=11, hidden_size=8, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=12, max_position_embeddings=16,
    )  # fmt: skip
    return transformers.BertModel(config)


def bert_that_fills_masks():
    config = transformers.BertConfig(
        vocab_size=11, hidden_size=8, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=12, max_position_embeddings=16, tie_word_embeddings=True,
    )  # fmt: skip
    return transformers.BertForMaskedLM(config)


def gpt2():
    config = transformers.GPT2Config(
        vocab_size=11, n_positions=16, n_embd=8, n_layer=2, n_head=2, bos_token_id=0, eos_token_id=0
    )
    return transformers.GPT2LMHeadModel(config)


MODELS = {"BERT": (bert, 13), "tied BERT": (bert_that_fills_masks, 8), "GPT-2": (gpt2, 9)}


def first(outputs):
    return outputs[0]


@pytest.mark.parametrize("name", MODELS)
def test_an_exact_chip_gives_what_the_model_gives(name):
    make, matrices = MODELS[name]
    torch.manual_seed(1)
    plain = make().eval()
    with pytest.warns(ConversionWarning, match="stay digital: .*embeddings|stay digital: .*wte"):
        model = to_inference(plain, Chip(cells="ideal", rows=7, columns=6, **EXACT))
    assert len(products_of(model)) == matrices
    with torch.no_grad():
        torch.testing.assert_close(first(model(TOKENS)), first(plain(TOKENS)), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", ["tied BERT", "GPT-2"])
def test_tied_models_train_for_a_chip(name):
    torch.manual_seed(1)
    plain = MODELS[name][0]()
    chip = Chip(cells="pcm")
    with pytest.warns(ConversionWarning, match="stay digital"):
        model = to_hardware_aware(plain, chip, TOKENS)
    head = products_of(model)[-1]
    assert any(
        head.parameter is each.weight
        for each in model.modules()
        if isinstance(each, torch.nn.Embedding)
    )
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    before = [p.detach().clone() for p in model.parameters()]
    first(model(TOKENS)).square().mean().backward()
    optimizer.step()
    assert any(not torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))
    assert first(to_inference(model, chip)(TOKENS)).isfinite().all()
