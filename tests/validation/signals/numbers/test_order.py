"""Numbers that changed places in languages that put clauses in another order, and sound translations in that order."""

import polars as pl
import pytest

from globmed.languages import ENGLISH, language
from validation.signals.numbers.signal import numbers

WARD = "In 2009, 14 nurses looked after 320 patients for 3 days."
RAIN = "Expect 2 to 4 inches of rain."
CUT = "A cut of 2 to 4 inches healed in 9 days."
STAY = "Cases of COVID-19 are reported within 24 hours."
VISITORS = "The ward had an estimated 9,200 visitors in 2017."
RATES = "The rates were 250 ml/h on day 1 and 125 ml/h on day 2."
#: (language, source, translation in which two numbers changed places)
FAULTS = [
    ("de", "The clinic opens at 7 a.m.", "Die Klinik öffnet um 00:7 Uhr."),
    ("de", "Visits end at 7 p.m. on 3 May 2018.", "Besuche enden am 3. Mai 00 um 19:2018 Uhr."),
    ("de", "The clinic opens at 7 a.m.", "Die Klinik öffnet um 0:07 Uhr."),
    ("es", "The clinic opens at 7 a.m.", "La clínica abre a las 00:07."),
    ("de", VISITORS, "Auf der Station gab es im Jahr 9.200 geschätzt 2017 Besucher."),
    ("de", RAIN, "Es werden 10 bis 5 Zentimeter Regen erwartet."),
    ("fr", CUT, "Une coupure de 10 à 5 cm a guéri en 9 jours."),
    ("fr", "It shrank from 4 to 2 inches; 2 to 4 inches fell.", "Il est passé de 10 à 5 cm ; 10 à 5 cm sont tombés."),
    ("fr", "Give 20 and 10 mg; expect 2 to 4 inches.", "Donnez 20 et 10 mg ; attendez 10 à 5 cm."),
    ("sw", STAY, "Visa vya COVID-24 huripotiwa ndani ya saa 19."),
    ("zh", "In 2019 they saw 25.", "25年他们看到2019。"),
    ("ja", "In 2019 they saw 25.", "25年には2019を見た。"),
    ("es", "The rates were 125 ml/h and 250 ml/h.", "Las velocidades fueron de 250 y 125 ml/h."),
    ("de", "The rates were 125 ml/h and 250 ml/h.", "Die Raten betrugen 250 und 125 ml/h."),
    ("de", "It is 45 miles (72 kilometers) away, and 7.1 strong.", "Es ist 72 stark und 7,1 Kilometer entfernt."),
    ("fr", "As of 29 March, 90% of the wards were open.", "Au 90 mars, 29 % des services étaient ouverts."),
    ("fr", "358 of 457 (78%) had a fever.", "78 sur 457 (358 %) avaient de la fièvre."),
    ("es", "They closed for 4 weeks in 43 towns.", "Cerraron en 4 pueblos durante 43 semanas."),
    ("ja", "Two thirds of them agreed.", "その2分の3が同意した。"),
    ("ko", "Two thirds of them agreed.", "그들의 2분의 3이 동의했다."),
    ("zh", "The risk doubles in 3,000 patients.", "在2名患者中，风险增加3000倍。"),
    ("ja", "It is her second stay in 18 months.", "彼女が入院するのは2か月で18回目だ。"),
    ("ja", "A 19-year-old in her first year fell ill.", "1歳の女性は19年生のときに発病した。"),
    ("ja", "In its seventh year, it aims to end this by 2030.", "2030年目の今年、7年までにこれを終わらせる。"),
    ("ko", "Now the ward is sixth, and the clinic third.", "병동은 현재 3위, 진료소는 6위다."),
    ("zh", "The second of 12 nurses came.", "第12名护士来了，共2名。"),
    ("zh", WARD, "14年，2009名护士照顾320名患者3天。"),
    ("ja", WARD, "2009年、看護師320人が3日間、患者14人を世話した。"),
    ("ko", "A ward with 8 of 10 beds taken.", "8개 침대 중 10개가 찬 병동."),
]
#: (language, source, sound translation)
SOUND = [
    ("de", "The clinic opens at 7 a.m.", "Die Klinik öffnet um 7:00 Uhr."),
    ("de", "Visits end at 7 p.m. on 3 May 2018.", "Besuche enden am 3. Mai 2018 um 19:00 Uhr."),
    ("fr", "At 7 a.m. the ratio was 1:100.", "À 7 h, le rapport était de 1:100."),
    ("es", STAY, "Los casos de COVID-19 se notifican en un plazo de 24 horas."),
    ("sw", STAY, "Visa vya COVID-19 huripotiwa ndani ya saa 24."),
    ("de", VISITORS, "Auf der Station gab es im Jahr 2017 geschätzt 9.200 Besucher."),
    ("fr", CUT, "Une coupure de 5 à 10 cm a guéri en 9 jours."),
    ("fr", "It shrank from 4 to 2 inches.", "Il est passé de 10 à 5 cm."),
    ("de", "It shrank from 4 to 2 inches.", "Es schrumpfte von 10 bis 5 cm."),
    ("zh", "In 2019 they saw 25.", "2019年他们看到25。"),
    ("de", RAIN, "Es werden 5 bis 10 Zentimeter Regen erwartet."),
    ("de", "The rates were 250 ml/h and 125 ml/h.", "Die Raten betrugen 250 und 125 ml/h."),
    ("es", RATES, "Las velocidades fueron de 250 y 125 ml/h los días 1 y 2."),
    ("pt", RATES, "As velocidades foram de 250 e 125 ml/h nos dias 1 e 2."),
    ("de", "They lost 19 of their 29 beds.", "Sie verloren 19 ihrer 29 Betten."),
    ("de", "He died in 1945, a few days short of his 63rd birthday.", "Er starb 1945, kurz vor seinem 63. Geburtstag."),
    ("fr", "As of 29 March, 90% of the wards were open.", "Au 29 mars, 90 % des services étaient ouverts."),
    ("fr", "It fell by 10% to 20% in 5 weeks.", "En 5 semaines, elle a baissé de 10 à 20 %."),
    ("es", "They closed for 4 weeks in 43 towns.", "Cerraron en 43 pueblos durante 4 semanas."),
    ("ja", "Two thirds of them agreed.", "その3分の2が同意した。"),
    ("zh", "It was seen in the 1930s and in 2 towns.", "20世纪30年代在2个城镇见过。"),
    ("zh", "Three men, aged 33, 34 and 39, came.", "年龄分别为33、34和39岁的三名男子来了。"),
    ("zh", WARD, "2009年，14名护士照顾320名患者3天。"),
    ("ja", WARD, "2009年、3日間、看護師14人が患者320人を世話した。"),
    ("ko", WARD, "2009년에 간호사 14명이 환자 320명을 3일간 돌보았다."),
    ("ja", "At 5 a.m. it was a category 1 storm.", "カテゴリ1の嵐は午前5時のものだった。"),
    ("ko", "About 40,000 cases were seen in the second quarter.", "2분기에 약 4만 건이 보고되었다."),
    ("ko", "A ward with 8 of 10 beds taken.", "10개 침대 중 8개가 찬 병동."),
    ("zh", "The trial of 2015-16 cost $648 million for 10 drugs.", "2015-16年10种药物的试验花费6.48亿美元。"),
]


def critical(tag: str, source: str, target: str) -> bool:
    frame = numbers(pl.Series([source]), pl.Series([target]), language(ENGLISH), language(tag))
    return bool(frame["critical"][0])


@pytest.mark.parametrize(("tag", "source", "target"), FAULTS)
def test_two_numbers_in_the_place_of_each_other_are_critical(tag: str, source: str, target: str) -> None:
    assert critical(tag, source, target)


@pytest.mark.parametrize(("tag", "source", "target"), SOUND)
def test_another_order_of_clauses_is_not(tag: str, source: str, target: str) -> None:
    assert not critical(tag, source, target)


def test_a_sentence_of_a_long_text_is_judged_by_itself() -> None:
    source = "In 2009, 14 patients died. In 2011, 20 patients lived. The clinic has stayed open ever since."
    sound = "2009年，14名患者死亡。2011年，20名患者存活。诊所从那以后一直开放。"
    swapped = "14年，2009名患者死亡。2011年，20名患者存活。诊所从那以后一直开放。"
    assert not critical("zh", source, sound)
    assert critical("zh", source, swapped)
