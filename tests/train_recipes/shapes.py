"""The shapes that the recipes' models were published in; their weights are not needed to build them."""

from transformers import Gemma3Config, Gemma3TextConfig, LlamaConfig, PreTrainedConfig, Qwen3Config


def qwen3(width: int, inner: int, layers: int, heads: int, *, tied: bool) -> Qwen3Config:
    """Qwen3's dense models differ in these alone."""
    return Qwen3Config(
        vocab_size=151936,
        hidden_size=width,
        intermediate_size=inner,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=8,
        head_dim=128,
        max_position_embeddings=40960,
        tie_word_embeddings=tied,
    )


LLAMA = LlamaConfig(
    vocab_size=128256,
    hidden_size=4096,
    intermediate_size=14336,
    num_hidden_layers=32,
    num_attention_heads=32,
    num_key_value_heads=8,
    max_position_embeddings=131072,
    rope_parameters={
        "rope_type": "llama3",
        "rope_theta": 500000.0,
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192,
    },
)
GEMMA = Gemma3Config(
    text_config={
        "vocab_size": 262208,
        "hidden_size": 2560,
        "intermediate_size": 10240,
        "num_hidden_layers": 34,
        "num_attention_heads": 8,
        "num_key_value_heads": 4,
        "head_dim": 256,
        "sliding_window": 1024,
    },
    vision_config={
        "hidden_size": 1152,
        "intermediate_size": 4304,
        "num_hidden_layers": 27,
        "num_attention_heads": 16,
        "patch_size": 14,
        "image_size": 896,
        "vision_use_head": False,
    },
    mm_tokens_per_image=256,
)
SMALL_GEMMA = Gemma3TextConfig(
    vocab_size=262144,
    hidden_size=640,
    intermediate_size=2048,
    num_hidden_layers=18,
    num_attention_heads=4,
    num_key_value_heads=1,
    head_dim=256,
    sliding_window=512,
)
#: The architecture of each recipe's model and its published number of parameters, in billions.
PUBLISHED: dict[str, tuple[PreTrainedConfig, float]] = {
    "qwen3-1.7b": (qwen3(2048, 6144, 28, 16, tied=True), 1.72),
    "qwen3-4b": (qwen3(2560, 9728, 36, 32, tied=True), 4.02),
    "qwen3-8b": (qwen3(4096, 12288, 36, 32, tied=False), 8.19),
    "llama-3.1-8b": (LLAMA, 8.03),
    "medgemma-4b": (GEMMA, 4.30),
    "gemma-3-270m": (SMALL_GEMMA, 0.268),
}
