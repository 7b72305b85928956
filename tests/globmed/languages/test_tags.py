"""Language codes as translators' tools write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globmed.languages import languages
from globmed.languages.tags import listed_language, split_pair, standard_tag


@pytest.mark.parametrize(
    ("code", "tag"),
    [
        *(
            (code, "en")
            for code in ("en", "eng", "ENG", "en_US", "EN-us", "en-GB-oed", "en_US.UTF-8", " en ", "en-x-med")
        ),
        *((code, "sw") for code in ("sw", "swa", "swh", "SWH", "sw_KE", "swc", "swa-TZ", "sw-Latn-TW", "swh-Latn")),
        *((code, "zh") for code in ("zh", "zho", "chi", "cmn", "zh-CN", "zh_SG", "zh-Hans", "zh-cmn-Hans", "zh-CHS")),
        *((code, "zh") for code in ("zh-Hans-HK", "cmn_Hans_CN", "ZHO-cn")),
        *((code, "pt") for code in ("pt", "por", "pt-BR", "pt_PT", "pb", "PB", "por-BR")),
        *((code, "es") for code in ("es", "spa", "es-LA", "es-419", "es_MX", "es-XL")),
        *((code, "de") for code in ("deu", "ger", "de-DE-1996", "de_AT")),
        *((code, "fr") for code in ("fra", "fre", "fr-CA")),
        *(("jpn", "ja"), ("ja_JP", "ja"), ("kor", "ko"), ("yor", "yo"), ("wol", "wo"), ("zul", "zu"), ("ZU-za", "zu")),
    ],
)
def test_a_code_names_a_listed_language(code: str, tag: str) -> None:
    found = listed_language(code)
    assert found is not None
    assert found.tag == tag


@pytest.mark.parametrize("code", ["zh-TW", "zh_HK", "zh-MO", "zh-Hant", "ZH-hant-CN", "zt", "ZT", "zh-CHT", "cmn-Hant"])
def test_traditional_chinese_is_not_simplified(code: str) -> None:
    assert listed_language(code) is None
    assert standard_tag(code) == "zh-Hant"


@pytest.mark.parametrize(
    "code",
    [
        "",
        "*",
        "*all*",
        "x-none",
        "und",
        "mul",
        "la",
        "lat",
        "yue",
        "zh-yue",
        "sw-Arab",
        "ja-Latn",
        "English",
        "e n",
        "-",
    ],
)
def test_other_languages_and_what_is_no_code_name_none(code: str) -> None:
    assert listed_language(code) is None


@pytest.mark.parametrize(
    ("code", "tag"),
    [
        ("eng", "en"),
        ("swh", "sw"),
        ("pb", "pt-BR"),
        ("pt_BR", "pt-BR"),
        ("zh-CN", "zh"),
        ("zt", "zh-Hant"),
        ("ara", "ar"),
    ],
)
def test_a_standard_tag_keeps_the_region(code: str, tag: str) -> None:
    assert standard_tag(code) == tag


@pytest.mark.parametrize(
    ("pair", "codes"),
    [
        ("en-sw", ("en", "sw")),
        ("eng-swa", ("eng", "swa")),
        ("en-zt", ("en", "zt")),
        ("en-zh-Hant", ("en", "zh-Hant")),
        ("zh-Hant-en", ("zh-Hant", "en")),
        ("pt-BR-en", ("pt-BR", "en")),
        ("en-pt-BR", ("en", "pt-BR")),
        ("en", ("en", "")),
    ],
)
def test_a_pair_is_split_between_its_tags(pair: str, codes: tuple[str, str]) -> None:
    assert split_pair(pair) == codes


def test_every_listed_language_is_known_by_its_own_codes() -> None:
    for entry in languages().values():
        assert listed_language(entry.tag) is listed_language(entry.tag.upper()) is entry
        assert listed_language(entry.iso639_3) is entry
        assert standard_tag(entry.tag) == entry.tag


@given(st.text(max_size=20) | st.from_regex(r"[a-z]{2,3}([-_][A-Za-z0-9]{1,8}){0,3}", fullmatch=True))
def test_any_text_is_a_code_or_none(text: str) -> None:
    found = listed_language(text)
    assert found is None or found in languages().values()
    assert isinstance(standard_tag(text), str)
    assert "-".join(split_pair(text)).rstrip("-") == text.rstrip("-")
