"""The signals other than numbers: each has to fire on its fault and to leave a good translation alone."""

import unicodedata

import polars as pl
import pytest

from globmed.languages import language
from validation.signals.flags import flags, text_faults, text_signals
from validation.signals.sentences import sentences
from validation.signals.signal import Texts
from validation.signals.text.length import length_ratio
from validation.signals.text.markup import markup

SOURCE = "The patient should not drink alcohol while taking this medicine, even in small amounts."
#: The sentence above as people would write it.
GOOD = {
    "fr": "Le patient ne doit pas boire d'alcool pendant qu'il prend ce médicament, même en petite quantité.",
    "de": "Man soll keinen Alkohol trinken, während man dieses Arzneimittel nimmt, auch nicht wenig.",
    "es": "El paciente no debe beber alcohol mientras toma este medicamento, ni siquiera en poca cantidad.",
    "pt": "O paciente não deve beber álcool enquanto toma este medicamento, nem mesmo em pouca quantidade.",
    "sw": "Mgonjwa hapaswi kunywa pombe wakati anatumia dawa hii, hata kama ni kwa kiasi kidogo sana.",
    "zu": "Isiguli akumele siphuze utshwala ngenkathi sisebenzisa lo muthi, ngisho noma buyingcosana.",
    "wo": "Ku feebar ki warul naan sàngara bi muy jël garab gii, doonte lu néew la ci lu mu naan.",
    "yo": "Aláìsàn náà kò gbọdọ̀ mu ọtí nígbà tí ó bá ń lo oògùn yìí, bí ó tilẹ̀ jẹ́ ìwọ̀nba díẹ̀.",
    "zh": "患者在服用这种药物期间不应饮酒，即使是少量饮酒也不应该。",
    "ja": "患者はこの薬を服用している間、たとえ少量であってもアルコールを飲んではいけない。",
    "ko": "환자는 이 약을 복용하는 동안 아무리 적은 양이라도 술을 마셔서는 안 되며 마시지 않아야 한다.",
}
AFFIRMED = {
    "fr": "Le patient doit boire de l'alcool pendant qu'il prend ce médicament, même en petite quantité.",
    "de": "Der Patient soll Alkohol trinken, während er dieses Arzneimittel einnimmt, auch in kleiner Menge.",
    "es": "El paciente debe beber alcohol mientras toma este medicamento, aunque sea en pequeña cantidad.",
    "pt": "O paciente deve beber álcool enquanto toma este medicamento, mesmo em pequena quantidade.",
    "sw": "Mgonjwa anapaswa kunywa pombe wakati anatumia dawa hii, ama kwa kiasi kidogo.",
    "wo": "Ku feebar ki dafa war a naan sàngara bi muy jël garab gii, ak lu mu naan.",
    "yo": "Aláìsàn náà gbọdọ̀ mu ọtí nígbà tí ó bá ń lo oògùn yìí, bí ó tilẹ̀ jẹ́ díẹ̀.",
    "zh": "患者在服用这种药物期间应饮酒。",
    "ja": "患者はこの薬を服用している間、アルコールを飲んでよい。",
    "ko": "환자는 이 약을 복용하는 동안 술을 마셔야 한다.",
}

#: "Older children can drink milk with this medicine", and what denies it.
DENIED = {
    "fr": ("Les grands peuvent boire du lait.", "Les grands ne peuvent pas boire de lait."),
    "de": ("Ältere Kinder dürfen Milch trinken.", "Ältere Kinder dürfen keine Milch trinken."),
    "es": ("Los mayores pueden tomar leche.", "Los mayores no pueden tomar leche."),
    "pt": ("Os maiores podem tomar leite.", "Os maiores não podem tomar leite."),
    "sw": ("Watoto wakubwa wanaweza kunywa maziwa.", "Watoto wakubwa hawawezi kunywa maziwa."),
    "zu": ("Izingane ezindala zingaphuza ubisi.", "Izingane ezindala azikwazi ukuphuza ubisi."),
    "wo": ("Xale yu mag mën nañu naan meew.", "Xale yu mag mënuñu naan meew."),
    "yo": ("Àwọn ọmọ ńlá lè mu wàrà.", "Àwọn ọmọ ńlá kò lè mu wàrà."),
    "zh": ("较大的儿童可以喝牛奶。", "较大的儿童不可以喝牛奶。"),
    "ja": ("年長の子どもは牛乳を飲める。", "年長の子どもは牛乳を飲めない。"),
    "ko": ("큰 아이는 우유를 마실 수 있다.", "큰 아이는 우유를 마실 수 없다."),
}


@pytest.mark.parametrize("tag", GOOD)
def test_a_good_translation_raises_no_flag(tag: str) -> None:
    assert _flags(GOOD[tag], tag) == set()


@pytest.mark.parametrize("tag", AFFIRMED)
def test_a_lost_negation_fires(tag: str) -> None:
    assert "negation" in _flags(AFFIRMED[tag], tag)


@pytest.mark.parametrize("tag", DENIED)
def test_a_negation_put_in_fires(tag: str) -> None:
    source, sound, denied = "Older children can drink milk with this medicine.", *DENIED[tag]
    assert not _frame(source, sound, tag)["negation"].item()
    assert _frame(source, denied, tag)["negation"].item()


@pytest.mark.parametrize("tag", GOOD)
def test_a_part_left_out_fires_though_the_full_stop_is_there(tag: str) -> None:
    kept, stop = GOOD[tag][: len(GOOD[tag]) // 2], "。" if tag in ("zh", "ja") else "."
    kept = kept if stop == "。" else kept.rpartition(" ")[0]
    assert "truncation" in _flags(kept + stop, tag)


@pytest.mark.parametrize("tag", GOOD)
def test_sentences_more_fire(tag: str) -> None:
    space = "" if tag in ("zh", "ja") else " "
    assert "length" in _flags(space.join([GOOD[tag], *DENIED[tag]]), tag)


@pytest.mark.parametrize("tag", GOOD)
def test_a_half_left_in_the_source_language_fires(tag: str) -> None:
    assert "copy" in _flags(f"{GOOD[tag][: len(GOOD[tag]) // 2]} {SOURCE[44:]}", tag)


def test_names_that_stay_are_no_copy() -> None:
    source = "The World Health Organization and Doctors Without Borders treat Plasmodium falciparum malaria."
    target = "World Health Organization und Doctors Without Borders behandeln Plasmodium falciparum."
    assert "copy" not in _flags(target, "de", source)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dr. J. Smith came at 5 p.m. on Monday.", 1),
        ("Am 3. Mai kam sie. Er ging!", 2),
        ("Ó mu ún. Lẹ́yìn náà ó sùn.", 2),
        ("「休みました。」と言った。また来ます", 2),
        ("다 먹었다. 그 뒤 잤다.", 2),
        ("", 1),
    ],
)
def test_sentences_are_counted_by_what_follows_their_end(text: str, count: int) -> None:
    assert pl.select(sentences(pl.lit(text))).item() == count


@pytest.mark.parametrize("tag", GOOD)
def test_a_third_cut_off_fires(tag: str) -> None:
    assert "truncation" in _flags(GOOD[tag][: len(GOOD[tag]) * 2 // 3], tag)


@pytest.mark.parametrize("tag", GOOD)
def test_the_source_in_place_of_the_translation_fires(tag: str) -> None:
    assert "copy" in _flags(SOURCE, tag)


@pytest.mark.parametrize("tag", GOOD)
def test_another_language_fires(tag: str) -> None:
    other = "fr" if tag == "de" else "de"
    assert "language" in _flags(GOOD[other], tag)


def test_a_short_term_is_neither_cut_nor_too_short() -> None:
    for tag, term in (("zh", "黄热病"), ("ja", "黄熱"), ("ko", "황열")):
        frame = _frame("Yellow fever", term, tag)
        assert not frame["truncation"].item()
        assert not frame["length"].item()


@pytest.mark.parametrize(
    ("tag", "source", "target", "cut"),
    [
        ("fr", "How to store insulin in hot weather", "Comment conserver l'insuline pendant la", True),
        ("fr", "How to store insulin in hot weather", "Comment conserver l'insuline par temps chaud", False),
        ("yo", "What to eat after surgery at home", "Ohun tí ó yẹ kí a jẹ lẹ́yìn iṣẹ́ abẹ ní", True),
        ("yo", "What to eat after surgery at home", "Ohun tí ó yẹ kí a jẹ lẹ́yìn iṣẹ́ abẹ ní ilé", False),
        ("ja", "How to wash your hands before you eat a meal", "食事をする前に自分の手を", True),
        ("ja", "How to wash your hands before you eat a meal", "食事をする前の正しい手の洗い方", False),
        ("de", "Wash your hands often, with soap.", "Waschen Sie sich gründlich und häufig die Hände (mit Seife", True),
        ("de", "Wash your hands often, with soap.", "Waschen Sie sich die Hände häufig (mit Seife).", False),
        ("ja", 'The nurse said: "Rest at home for now."', "看護師は言った。「今のところは家で休んでください」", False),
        ("ja", "The nurse said: rest at home for now.", "看護師は今のところは家で休むように", True),
    ],
)
def test_headings_and_quotations_that_were_cut(tag: str, source: str, target: str, cut: bool) -> None:
    assert _frame(source, target, tag)["truncation"].item() == cut


def test_accents_set_apart_make_no_text_longer() -> None:
    apart = unicodedata.normalize("NFD", GOOD["yo"])
    frame = pl.DataFrame(
        {"source": [SOURCE] * 2, "target": [apart, "".join(sign for sign in apart if not unicodedata.combining(sign))]}
    )
    ratio = frame.select(length_ratio(pl.col("source"), pl.col("target"), language("yo"))).to_series()
    assert ratio[0] == ratio[1]


def test_names_do_not_make_english_of_a_text() -> None:
    assert "language" not in _flags("Un test de Rinne negativo indica hipoacusia", "es")
    assert "language" in _flags("The doctors were sure that he would be well again soon.", "es")


@pytest.mark.parametrize(
    ("tag", "source", "target", "lost"),
    [
        ("fr", "Ask whether or not the pain is new.", "Demandez si la douleur est récente.", False),
        ("fr", "Ask whether the pain is not new.", "Demandez si la douleur est récente.", True),
        ("ko", "This is not a medicine.", "이것은 약이 아닙니다.", False),
        ("ko", "This is not a medicine.", "이것은 약입니다.", True),
        ("yo", "It is not malaria.", "Kìíṣe ibà ni.", False),
        ("yo", "It is not malaria.", "Ibà ni.", True),
        ("yo", "No child slept.", "Kò sí ọmọ kankan tí ó sùn.", False),
        ("yo", "No child slept.", "Ọmọ kankan sùn.", True),
        ("yo", "We will not stop.", "A ò ní dúró.", False),
        ("yo", "We will not stop.", "A o dúró.", True),
        ("zu", "The president did not come on Sunday.", "Umongameli akafikanga ngeSonto.", False),
        ("zu", "The president did not come on Sunday.", "Umongameli ufikile ngeSonto.", True),
        ("zu", "The clinic is not in the west this month.", "Umtholampilo awukho entshonalanga kule nyanga.", False),
        ("zu", "The clinic is not in the west this month.", "Umtholampilo usentshonalanga kule nyanga.", True),
        ("sw", "You can not drink it.", "Huwezi kunywa.", False),
        ("sw", "You can not drink it.", "Unaweza kunywa.", True),
    ],
)
def test_denials_that_are_none_and_conjugated_ones(tag: str, source: str, target: str, lost: bool) -> None:
    assert _frame(source, target, tag)["negation"].item() == lost


def test_a_number_with_its_unit_is_in_every_script() -> None:
    for tag in ("zh", "ja", "ko"):
        assert "script" not in _flags("118/76 mmHg", tag)
        assert "script" in _flags("Take the medicine", tag)


@pytest.mark.parametrize(
    ("tag", "target"), [("zh", "停用Xarelto 20 mg。"), ("ja", "Xareltoを中止。"), ("ko", "Xarelto를 중단.")]
)
def test_a_latin_name_is_in_every_script(tag: str, target: str) -> None:
    assert "script" not in _flags(target, tag, "Stop Xarelto 20 mg.")
    assert "script" in _flags(f"Please stop taking {target}", tag)


@pytest.mark.parametrize("tag", ["zh", "ja", "ko"])
def test_another_script_fires(tag: str) -> None:
    assert "script" in _flags(GOOD["fr"], tag)
    assert "script" in _flags(GOOD[tag], "fr")


@pytest.mark.parametrize("tag", GOOD)
def test_a_stuck_machine_fires(tag: str) -> None:
    half = len(GOOD[tag]) // 2
    piece = GOOD[tag][half - 12 : half]
    assert "repetition" in _flags(GOOD[tag][:half] + f" {piece} {piece} {piece} {piece}" + GOOD[tag][half:], tag)


def test_a_translation_twice_as_long_fires() -> None:
    assert "length" in _flags(" ".join([GOOD["fr"], GOOD["fr"].replace("alcool", "bière")]), "fr")


def test_a_repetition_of_the_source_is_none() -> None:
    source, target = "no no no no, said the patient", "non non non non, a dit le patient"
    assert not _frame(source, target, "fr")["repetition"].item()


def test_short_names_are_not_judged() -> None:
    frame = _frame("Staphylococcus aureus", "Staphylococcus aureus", "sw")
    assert not any(frame.row(0))


def test_markup_has_to_come_through() -> None:
    frame = pl.DataFrame(
        {
            "source": ["Give {dose} <b>now</b>.", "Give {dose}.", "p < 0.05 and n > 3"],
            "target": ["Donnez {dose} <b>tout de suite</b>.", "Donnez {dosis}.", "p < 0,05 et n > 3"],
        }
    )
    assert frame.select(markup(pl.col("source"), pl.col("target"))).to_series().to_list() == [1.0, 0.0, None]


PLACEHOLDERS = [
    "%s",
    "%d",
    "%5d",
    "%ld",
    "%.2f",
    "%1$s",
    "%2$d",
    "%1$.2f",
    "%(name)s",
    "%(dose)d",
    "%(dose).1f",
    "%@",
    "%1$@",
]


@pytest.mark.parametrize("placeholder", PLACEHOLDERS)
def test_placeholders_have_to_come_through(placeholder: str) -> None:
    source, target = pl.lit(f"Give {placeholder} now."), pl.lit(f"Toa {placeholder} sasa.")
    assert pl.select(markup(source, target)).item() == 1
    assert pl.select(markup(source, pl.lit("Toa sasa."))).item() == 0


@pytest.mark.parametrize(
    "text", ["5% solution", "a 5%dextrose", "5%and more", "0.9%i.v.", "50 % des cas", "100%.", "5%"]
)
def test_a_percentage_is_no_placeholder(text: str) -> None:
    assert pl.select(markup(pl.lit(text), pl.lit("asilimia"))).item() is None


def test_nulls_are_no_fault() -> None:
    none = pl.Series([None], dtype=pl.String)
    assert not any(flags(none, none, language("en"), language("wo")).row(0))


def _frame(source: str, target: str, tag: str) -> pl.DataFrame:
    texts = Texts(pl.DataFrame({"source": [source], "target": [target]}), language("en"), language(tag))
    return text_faults(texts, text_signals(texts))


def _flags(target: str, tag: str, source: str = SOURCE) -> set[str]:
    frame = _frame(source, target, tag)
    return {name for name in frame.columns if frame[name].item()}
