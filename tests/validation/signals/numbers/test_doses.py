"""Doses: numbers that are all there and are another dose, and sound ways to say the same one."""

import polars as pl
import pytest

from globmed.languages import ENGLISH, language
from validation.signals.numbers.lexicon import lexicon
from validation.signals.numbers.readings import readings
from validation.signals.numbers.signal import numbers

DAY = "Take 5 mg in the morning, 5 mg at noon and 10 mg at night."
TWO = "Give amoxicillin 500 mg and paracetamol 250 mg."
RATE = "Give 5 mg/kg."
RATE_DAY = "Give 5 mg/kg/day."
PRESSURE = "The blood pressure was 120/80."
PART = "Of 90 patients, 12 died."
FOUR = "Four of the nine children slept."
FOLD = "The risk rose 3-fold."
LIKE_NAMES = "Give prednisolone 5 mg and prednisone 10 mg."
SHARES = "It fell by 20% in men and 30% in women."
AGAIN = "Take 5 mg in the morning, 10 mg at noon and 5 mg at night."

#: (language, source, translation, reason)
FAULTS = [
    ("sw", DAY, "Meza miligramu 10 asubuhi, miligramu 5 mchana na miligramu 5 usiku.", "order_changed"),
    ("fr", DAY, "Prenez 10 mg le matin, 5 mg à midi et 5 mg le soir.", "order_changed"),
    ("zh", DAY, "早上服10毫克，中午服5毫克，晚上服5毫克。", "order_changed"),
    ("ja", DAY, "朝に10 mg、昼に5 mg、夜に5 mgを服用する。", "order_changed"),
    ("ko", DAY, "아침에 10 mg, 점심에 5 mg, 밤에 5 mg을 복용한다.", "order_changed"),
    ("sw", TWO, "Mpe amoxicillin 250 mg na paracetamol 500 mg.", "order_changed"),
    ("de", TWO, "Amoxicillin 250 mg und Paracetamol 500 mg geben.", "order_changed"),
    ("zh", TWO, "给予阿莫西林250毫克和对乙酰氨基酚500毫克。", "order_changed"),
    ("ja", TWO, "アモキシシリン250 mgとアセトアミノフェン500 mgを投与する。", "order_changed"),
    ("zu", TWO, "Nika i-amoxicillin 250 mg ne-paracetamol 500 mg.", "order_changed"),
    ("sw", "15 mg on day 1, then 1 mg daily.", "1 mg siku ya 1, kisha 15 mg kila siku.", "order_changed"),
    ("fr", PRESSURE, "La pression artérielle était de 80/120.", "order_changed"),
    ("zh", PRESSURE, "血压为80/120。", "order_changed"),
    ("sw", RATE, "Mpe 5 mg.", "unit_changed"),
    ("fr", RATE, "Donner 5 mg.", "unit_changed"),
    ("de", RATE, "5 mg geben.", "unit_changed"),
    ("zh", RATE, "给予5毫克。", "unit_changed"),
    ("ja", RATE, "5 mgを投与する。", "unit_changed"),
    ("ko", RATE, "5 mg을 투여한다.", "unit_changed"),
    ("yo", RATE, "Fún un ní 5 mg.", "unit_changed"),
    ("wo", RATE, "Joxal 5 mg.", "unit_changed"),
    ("sw", RATE_DAY, "Mpe 5 mg kwa siku.", "unit_changed"),
    ("sw", RATE_DAY, "Mpe 5 mg/kg.", "unit_changed"),
    ("es", RATE_DAY, "Dar 5 mg al día.", "unit_changed"),
    ("fr", "Give 5 mg per kilogram.", "Donner 5 mg.", "unit_changed"),
    ("sw", FOLD, "Hatari iliongezeka kwa 3%.", "unit_changed"),
    ("es", FOLD, "El riesgo aumentó un 3 %.", "unit_changed"),
    ("fr", "In 2019 there were 45 mg left.", "En 45 il restait 2019 mg.", "unit_changed"),
    ("sw", "Take two to three tablets.", "Meza vidonge viwili.", "number_missing"),
    ("sw", "Take 5 to 10 mg.", "Meza miligramu 5.", "number_missing"),
    ("fr", PART, "Sur 12 patients, 90 sont morts.", "order_changed"),
    ("sw", PART, "Kati ya wagonjwa 12, 90 walikufa.", "order_changed"),
    ("zh", PART, "12名患者中有90人死亡。", "order_changed"),
    ("ja", PART, "12人の患者のうち90人が死亡した。", "order_changed"),
    ("ko", PART, "환자 12명 중 90명이 사망했다.", "order_changed"),
    ("fr", FOUR, "Cinq des neuf enfants dormaient.", "number_changed"),
    ("de", FOUR, "Fünf der neun Kinder schliefen.", "number_changed"),
    ("zh", FOUR, "九名儿童中有五名睡着了。", "number_changed"),
    ("zu", "Four children slept.", "Izingane eziyisithupha zalala.", "number_changed"),
    ("wo", "Four children slept.", "Juróom benni xale nelaw nañu.", "number_changed"),
    ("yo", "Four children slept.", "Àwọn ọmọ mẹ́fà sùn.", "number_changed"),
    ("zu", "It is above 38 °C.", "Lingaphansi kuka-38 °C.", "comparison_changed"),
    ("zu", "Wait at least 20 minutes.", "Linda imizuzu engeqile ku-20.", "comparison_changed"),
    ("wo", "Wait at least 20 minutes.", "Xaaral lu mu bari bari 20 simili.", "comparison_changed"),
    ("zh", "Drink at least 2 litres a day.", "每天最多喝2升。", "comparison_changed"),
    ("zu", "Wait for 6 hours.", "Linda izinsuku eziyisi-6.", "unit_changed"),
    ("ja", "Infuse 50 ml/hour.", "50 mlを点滴する。", "unit_changed"),
    ("fr", "Give 5 mg for 5 days.", "Donner 5 mg.", "number_missing"),
    ("sw", "Give 5 mg and 5 mL.", "Mpe 5 mg.", "number_missing"),
    ("zh", "Take 2 tablets for 2 weeks.", "服2片。", "number_missing"),
    ("fr", "Give 5 mg.", "Donner 5 mg pendant 5 jours.", "number_added"),
    ("fr", "Give 5 drops per minute.", "Donner 5 gouttes par heure.", "unit_changed"),
    ("fr", "They are aged 65 years.", "Ils ont ≥ 65 ans.", "comparison_changed"),
    ("fr", "The ratio was 3-1 in a trial.", "Le rapport était de 3 dans un essai.", "number_missing"),
    ("fr", "Take two tablets.", "Prendre des comprimés.", "number_missing"),
    ("fr", LIKE_NAMES, "Donner prednisolone 10 mg et prednisone 5 mg.", "order_changed"),
    ("de", "Of the nurses 12 left and 30 stayed.", "Von den Pflegern gingen 30 und blieben 12.", "order_changed"),
    ("fr", "Give dose 5 mg, then dose 10 mg.", "Donner dose 10 mg, puis dose 5 mg.", "order_changed"),
    ("fr", SHARES, "Elle a baissé de 30 % chez les hommes et de 20 % chez les femmes.", "order_changed"),
    ("zh", "Take 2 tablets in the morning and 3 tablets at night.", "早上服3片，晚上服2片。", "order_changed"),
    ("zh", "Wait 2 hours after lunch and 3 hours after dinner.", "午餐后等3小时，晚餐后等2小时。", "order_changed"),
    ("zh", "It killed 153,822 people.", "造成853,822人死亡。", "number_changed"),
    ("sw", "Take 3 to 5 mg.", "Meza miligramu 3.5.", "number_changed"),
    ("sw", "It needs more than 5 people.", "Inahitaji chini ya watu 5.", "comparison_changed"),
    ("es", "more than 20 sick men", "menos de unos 20 enfermos", "comparison_changed"),
    ("fr", "Take 5 drops.", "Prenez 5 cuillères à café.", "unit_changed"),
    ("fr", "stages II and III", "stades IV et V", "number_changed"),
    ("de", "Mix it with water, 1-3.", "Mischen Sie es mit Wasser, 3:1.", "order_changed"),
    ("pt", "a ratio of 10 to 16", "uma razão de 16 a 10", "order_changed"),
    ("fr", "It gave off 183 puffs in 24 hours.", "Il a émis 24 bouffées en 183 heures.", "order_changed"),
    ("de", "It began at 7.55 am.", "Es begann um 55:7 Uhr.", "order_changed"),
    ("fr", "They led 1-0 after a goal.", "Ils menaient 0 à 1 après un but.", "order_changed"),
    ("fr", "The two took 2 pills, then 3 pills.", "Tous deux ont pris 3 pilules, puis 2 pilules.", "order_changed"),
    ("es", "On March 19, 20 people had COVID-19.", "El 20 de marzo, 19 personas tenían COVID-19.", "order_changed"),
    ("fr", "It was 7,162 men and 1,037 women.", "C'étaient 1 037 hommes et 7 162 femmes.", "order_changed"),
]
#: (language, source, translation)
SOUND = [
    ("es", "Taken at 1430 GMT.", "Tomada a las 14:30 GMT."),
    ("ko", "Taken at 0000 UTC.", "UTC 자정에 채취했다."),
    ("fr", "It cost $40+ million.", "Cela a coûté plus de 40 millions de dollars."),
    ("zh", "Half a million people had it.", "50万人患病。"),
    ("pt", "It occurred in 20 of 100 patients.", "De 100 pacientes, 20 vomitaram."),
    ("sw", "It occurred in 20 of 100 patients.", "Kati ya wagonjwa 100, 20 walitapika."),
    ("zu", "It occurred in 20 of 100 patients.", "Ezigulini ezingu-100, ezingu-20 zahlanza."),
    ("fr", "As of 18 March, 20,000 children stayed at home.", "Au 18 mars, 20 000 enfants restaient chez eux."),
    ("ja", "Give 20 mg on day 1 and 10 mg on day 2.", "1日目は20 mg、2日目は10 mgを投与する。"),
    ("yo", "Give 10 mg on day 1 and 5 mg on day 2.", "Ní ọjọ́ 1, fún un ní 10 mg; ní ọjọ́ 2, fún un ní 5 mg."),
    ("fr", "It spread in the 19th century.", "Elle s'est propagée au XIXe siècle."),
    ("wo", "It was built in the 20th century.", "Ci ñaar-fukkeelu xarnu lañu ko tabax."),
    ("ko", "(1) Clean. (2) Inject slowly.", "① 닦는다. ② 천천히 주사한다."),
    ("ko", "Inject 14 units.", "14단위를 주사한다."),
    ("ja", "Infuse 50 ml/hour.", "50 ml/時で点滴する。"),
    ("pt", "Since the 1930s, both drugs were used.", "Desde a década de 1930, usam-se os medicamentos."),
    ("sw", DAY, "Meza miligramu 5 asubuhi, miligramu 5 mchana na miligramu 10 usiku."),
    ("sw", RATE, "Mpe 5 mg kwa kila kilo ya uzito."),
    ("sw", RATE, "Mpe 5 mg kwa kilo."),
    ("fr", "Give 5 mg for 5 days.", "Pendant 5 jours, donner 5 mg."),
    ("fr", "Give 5 mg for 5 days, then 5 mg.", "Donner 5 mg pendant 5 jours, puis autant."),
    ("fr", "Give 5 mg; the 5 mg are taken at night.", "Donner 5 mg, à prendre le soir."),
    ("fr", "Give 5 mg of IL-5.", "Donner de l'IL-5, 5 mg."),
    ("fr", "Give 5 mg in the morning and 10 mg at night.", "Donner 5 le matin et 10 mg le soir."),
    ("fr", "Keep it at −20 °C.", "À conserver à −20 °C."),
    ("sw", "Come at 1 a.m.", "Njoo saa 7 usiku."),
    ("fr", "Take 5 mg a day on weekdays.", "Prenez 5 mg par jour, cinq jours par semaine."),
    ("fr", "Take 5 mg a day, five days a week.", "Prenez 5 mg par jour en semaine."),
    ("fr", "The ratio was 3-1 in a trial.", "Le rapport était de 3-1 dans un essai."),
    ("fr", "Wait 1-2 weeks after a meal.", "Attendez une à deux semaines après un repas."),
    ("fr", LIKE_NAMES, "Donner prednisone 10 mg et prednisolone 5 mg."),
    ("de", "Visits in 2018 ended at 7 p.m.", "Besuche endeten 2018 um 19:00 Uhr."),
    ("fr", TWO, "Donner paracétamol 250 mg et amoxicilline 500 mg."),
    ("fr", "Use amoxicillin 500 mg, metformin 850 mg.", "Utiliser metformine 850 mg, amoxicilline 500 mg."),
    ("zh", "In 2 of the towns 45 people died.", "45人死于其中2个城镇。"),
    ("fr", AGAIN, "Prenez 5 mg le matin, 10 mg à midi et 5 mg le soir."),
    ("sw", PRESSURE, "Shinikizo la damu lilikuwa 120/80."),
    ("sw", FOLD, "Hatari iliongezeka mara 3."),
    ("fr", RATE_DAY, "Donner 5 mg par kg et par jour."),
    ("fr", RATE_DAY, "Administrer une dose quotidienne de 5 mg/kg."),
    ("de", RATE_DAY, "5 mg pro kg und Tag geben."),
    ("de", RATE_DAY, "5 mg/kg täglich geben."),
    ("de", RATE_DAY, "5 mg/kg/d geben."),
    ("de", "In 2019, 45 patients died.", "45 Patienten starben im Jahr 2019."),
    ("es", RATE_DAY, "Dar 5 mg por kg al día."),
    ("pt", RATE_DAY, "Dar 5 mg por quilo por dia."),
    ("zh", RATE_DAY, "每日每公斤体重5毫克。"),
    ("zh", RATE_DAY, "给予5 mg/kg/日。"),
    ("fr", "Give 10 mg on day 1 and 5 mg on day 2.", "Au jour 1, donner 10 mg, et au jour 2, 5 mg."),
    ("es", "It was lower (p = .03).", "Fue menor (p = 0,03)."),
    ("fr", "It was lower (p = .03).", "Il était plus bas (p = .03)."),
    ("zh", "20 of 100 patients died.", "100名患者中有20人死亡。"),
    ("ja", RATE, "体重1 kgあたり5 mgを投与する。"),
    ("ja", RATE_DAY, "1日あたり5 mg/kgを投与する。"),
    ("ko", RATE_DAY, "kg당 매일 5 mg을 투여한다."),
    ("ko", RATE_DAY, "하루 5 mg/kg을 투여한다."),
    ("zu", RATE_DAY, "Nika u-5 mg ngekhilogremu ngosuku."),
    ("yo", RATE_DAY, "Fún un ní 5 mg/kg lójoojúmọ́."),
    ("wo", RATE_DAY, "Joxal 5 mg/kg bés bu nekk."),
    ("sw", "In 1938, Hong Kong had 5 wards.", "Mnamo 1938, Hong Kong ilikuwa na wodi 5."),
    ("fr", "The share rose 3 points.", "La part a augmenté de 3 %."),
    ("fr", "cranial nerves 9 and 11", "nerfs crâniens IX et XI"),
]


def found(tag: str, source: str, target: str) -> list[str]:
    frame = numbers(pl.Series([source]), pl.Series([target]), language(ENGLISH), language(tag))
    return list(frame["reasons"][0])


@pytest.mark.parametrize(("tag", "source", "target", "reason"), FAULTS)
def test_another_dose_is_critical(tag: str, source: str, target: str, reason: str) -> None:
    assert reason in found(tag, source, target)


@pytest.mark.parametrize(("tag", "source", "target"), SOUND)
def test_the_same_dose_is_not(tag: str, source: str, target: str) -> None:
    assert found(tag, source, target) == []


@pytest.mark.parametrize("text", ["1.5'2", "1,234'5", "2.1 3", "1'000.5", "1 234,5"])
def test_marks_in_any_order_are_read_or_read_apart(text: str) -> None:
    """No text stops a measurement."""
    assert isinstance(readings(text, lexicon(language("german"))), frozenset)
