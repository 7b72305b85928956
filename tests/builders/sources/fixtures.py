"""A small folder in every source's format, with texts of our own, and what it must give."""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builders.sources import SOURCES
from builders.sources.item import Item, Outcome, Reject

#: A list is JSON Lines, an object JSON, a string the file's text.
Files = dict[str, Any]


@dataclass(frozen=True)
class Fixture:
    """Files of one source, and the right answers' texts by language and id."""

    source: str
    files: Files
    answers: Mapping[tuple[str, str], str | None]
    #: Whether two fields of a record name the right answer, so that a swap of texts is noticed.
    redundant: bool = False

    def copy(self) -> Files:
        return deepcopy(self.files)


def write(folder: Path, files: Files) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, list):
            path.write_text("".join(json.dumps(record) + "\n" for record in content), "utf-8")
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return folder


def parse(source: str, folder: Path) -> list[Outcome]:
    return list(SOURCES[source].parse(folder))


def items(outcomes: list[Outcome]) -> list[Item]:
    return [outcome for outcome in outcomes if isinstance(outcome, Item)]


def rejects(outcomes: list[Outcome]) -> list[Reject]:
    return [outcome for outcome in outcomes if isinstance(outcome, Reject)]


def answers(outcomes: list[Outcome]) -> dict[tuple[str, str], str | None]:
    """Return the text of each item's right answer: that of the right option, or the answer itself."""
    labelled = [(item, {option.label: option.text for option in item.options or ()}) for item in items(outcomes)]
    return {(item.language, item.id): texts.get(item.answer or "", item.answer) for item, texts in labelled}


MEDQA = Fixture(
    "medqa",
    {
        "US/4_options/phrases_no_exclude_test.jsonl": [
            {
                "question": "A diver surfaces too fast and has joint pain. What formed in his blood?",
                "answer": "Nitrogen bubbles",
                "options": {"A": "Carbon monoxide", "B": "Nitrogen bubbles", "C": "Ketones", "D": "Urea"},
                "meta_info": "step1",
                "answer_idx": "B",
            },
            {
                "question": "Which vitamin's lack causes scurvy?",
                "answer": "Vitamin C",
                "options": {"A": "Vitamin A", "B": "Vitamin D", "C": "Vitamin C", "D": "Vitamin K"},
                "meta_info": "step1",
                "answer_idx": "C",
            },
        ],
        "US/4_options/phrases_no_exclude_dev.jsonl": [
            {
                "question": "Which gas does haemoglobin carry to the tissues?",
                "answer": "Oxygen",
                "options": {"A": "Oxygen", "B": "Helium", "C": "Argon", "D": "Neon"},
                "meta_info": "step1",
                "answer_idx": "A",
            }
        ],
    },
    {
        ("en", "medqa/test/2dc69a9b9f74926e"): "Nitrogen bubbles",
        ("en", "medqa/test/cd75e6fb5f01ed9c"): "Vitamin C",
        ("en", "medqa/validation/195b3420a8aeab06"): "Oxygen",
    },
    redundant=True,
)
MEDQA_MAINLAND = Fixture(
    "medqa_mainland",
    {
        "questions/Mainland/train.jsonl": [
            {
                "question": "人体最长的骨头是哪一块？",
                "options": {"A": "股骨", "B": "胫骨", "C": "桡骨", "D": "尺骨", "E": "肱骨"},
                "answer": "股骨",
                "meta_info": "解剖学",
                "answer_idx": "A",
            }
        ]
    },
    {("zh", "medqa_mainland/train/1a81889dca0d52d9"): "股骨"},
    redundant=True,
)
FRENCHMEDMCQA = Fixture(
    "frenchmedmcqa",
    {
        "corpus/dev.json": [
            {
                "id": f"{number}f",
                "question": question,
                "answers": dict(zip("abcde", options, strict=True)),
                "correct_answers": right,
                "subject_name": "pharmacie",
                "type": "simple",
                "nbr_correct_answers": len(right),
            }
            for number, question, options, right in (
                (
                    1,
                    "Quel organe filtre le sang pour former l'urine ?",
                    ["Rein", "Foie", "Rate", "Poumon", "Os"],
                    ["a"],
                ),
                (2, "Quels sont des os ?", ["Fémur", "Foie", "Tibia", "Rate", "Rein"], ["a", "c"]),
            )
        ]
    },
    {("fr", "frenchmedmcqa/validation/1f"): "Rein"},
)
IGAKUQA = Fixture(
    "igakuqa",
    {
        "data/2031/125-A.jsonl": [
            {
                "problem_id": f"125A{number}",
                "problem_text": text,
                "choices": choices,
                "text_only": number != 3,
                "answer": right,
                "points": "1",
            }
            for number, text, choices, right in (
                (1, "血液を濾過して尿を作る臓器はどれか。", ["肺", "腎臓", "脾臓", "肝臓", "骨"], ["b"]),
                (2, "骨はどれか。二つ選べ。", ["大腿骨", "肝臓", "脛骨", "脾臓", "腎臓"], ["a", "c"]),
                (3, "写真を別に示す。診断はどれか。", ["骨折", "正常", "嚢胞", "腫瘍", "炎症"], ["a"]),
                (4, "3に4を足すといくつか。", [], ["7"]),
            )
        ],
        "data/2031/125-A_metadata.jsonl": [{"problem_id": "125A1", "category": "腎臓"}],
        "data/2031/125-A_translate.jsonl": [{"problem_id": "125A1", "problem_text": "Which organ makes urine?"}],
    },
    {("ja", "igakuqa/test/125A1"): "腎臓"},
)
KORMEDMCQA = Fixture(
    "kormedmcqa",
    {
        "doctor-dev.csv": "subject,year,period,q_number,question,A,B,C,D,E,answer\n"
        "doctor,2031,1,7,혈액을 걸러 소변을 만드는 장기는?,폐,콩팥,지라,간,뼈,2\n"
        "doctor,2031,1,8,인슐린을 만드는 장기는?,이자,콩팥,지라,간,,1\n",
    },
    {("ko", "kormedmcqa/validation/doctor/2031/1/7"): "콩팥", ("ko", "kormedmcqa/validation/doctor/2031/1/8"): "이자"},
)
CMEXAM = Fixture(
    "cmexam",
    {
        "test_with_annotations.csv": "Question,Options,Answer,Explanation,Clinical Department\n"
        '产生胰岛素的器官是,"A 胰腺\nB 肾脏\nC 脾脏",A,胰岛素由胰腺产生。,内科\n'
        '下列属于骨的是,"A 股骨\nB 肝脏\nC 胫骨",AC,,外科\n',
    },
    {("zh", "cmexam/test/02c7ed544b54147c"): "胰腺"},
)
AFRIMEDQA = Fixture(
    "afrimedqa",
    {
        "afri_med_qa_15k.csv": "sample_id,question_type,question,answer_options,correct_answer,answer_rationale,"
        "specialty,country,region_specific,split\n"
        "s1,mcq,Which insect spreads malaria?,\"{'option1': 'Fly', 'option2': 'Mosquito'}\",option2,It bites at night.,"
        "Infectious_Disease,NG,no,test\n"
        "s2,saq,Why boil water?,,Heat kills germs.,,Public_Health,KE,,train\n"
        "s3,consumer_queries,My arm hurts.,,,Rest it.,,GH,,train\n",
    },
    {("en", "afrimedqa/test/s1"): "Mosquito", ("en", "afrimedqa/train/s2"): None},
)
MEDMCQA = Fixture(
    "medmcqa",
    {
        "dev.json": [
            {
                "question": "Insulin is made in the",
                "exp": "The beta cells of the pancreas make it.",
                "cop": 3,
                "opa": "liver",
                "opb": "spleen",
                "opc": "pancreas",
                "opd": "kidney",
                "subject_name": "Physiology",
                "topic_name": None,
                "id": "7d0f",
                "choice_type": "single",
            },
            {
                "question": "The longest bone of the body is the",
                "exp": None,
                "cop": 1,
                "opa": "femur",
                "opb": "tibia",
                "opc": "ulna",
                "opd": "radius",
                "subject_name": "Anatomy",
                "topic_name": None,
                "id": "81 a~",
                "choice_type": "multi",
            },
        ],
        "test.json": [
            {
                "question": "Malaria is spread by",
                "opa": "flies",
                "opb": "mosquitoes",
                "opc": "ticks",
                "opd": "lice",
                "id": "99",
            },
        ],
    },
    {("en", "medmcqa/validation/7d0f"): "pancreas", ("en", "medmcqa/validation/81%20a%7E"): "femur"},
)
MMLU_PRO = Fixture(
    "mmlu_pro",
    {
        "DERIVED_mmlu_pro_test_health.jsonl": [
            {
                "question_id": 11,
                "question": "Which organ filters blood into urine?",
                "options": ["Heart", "Kidney", "Lung"],
                "answer": "B",
                "answer_index": 1,
                "category": "health",
            },
            {
                "question_id": 12,
                "question": "How many bits has a byte?",
                "options": ["8", "9"],
                "answer": "A",
                "answer_index": 0,
                "category": "computer science",
            },
        ],
    },
    {("en", "mmlu_pro/test/11"): "Kidney"},
    redundant=False,
)


def _exam(language: str, questions: list[tuple[str, str, list[str]]]) -> dict[str, Any]:
    data = [
        {
            "qid": str(number),
            "qtext": text,
            "ra": right,
            "answers": [{"aid": aid, "atext": option} for aid, option in enumerate(options, 1)],
            "image": "./scan.png" if number == 3 else "",
        }
        for number, (text, right, options) in enumerate(questions, 1)
    ]
    exams = {"Cuaderno 9": {"name": "Cuaderno 9", "category": "medicine", "year": "2031", "data": data}}
    return {"version": "1.0", "language": language, "exams": exams}


HEADQA = Fixture(
    "headqa",
    {
        "HEAD/dev_HEAD.json": _exam(
            "es",
            [
                ("El hueso más largo es:", "2", ["La tibia.", "El fémur.", "El radio."]),
                ("La insulina baja:", "1", ["La glucosa.", "El calcio.", "El sodio."]),
                ("¿Qué muestra la imagen?", "1", ["Una fractura.", "Nada.", "Un quiste."]),
            ],
        ),
        "HEAD_EN/dev_HEAD_EN.json": _exam(
            "en",
            [
                ("The longest bone is:", "2", ["The tibia.", "The femur.", "The radius."]),
                ("Insulin lowers:", "1", ["Glucose.", "Calcium.", "Sodium."]),
                ("What does the image show?", "1", ["A fracture.", "Nothing.", "A cyst."]),
            ],
        ),
    },
    {
        ("es", "headqa/validation/Cuaderno%209/1"): "El fémur.",
        ("es", "headqa/validation/Cuaderno%209/2"): "La glucosa.",
        ("en", "headqa/validation/Cuaderno%209/1"): "The femur.",
        ("en", "headqa/validation/Cuaderno%209/2"): "Glucose.",
    },
)
_CASES = {
    "en": (
        "A child has a barking cough. What is likely?",
        ["Croup.", "Gout.", "Cataract.", "", ""],
        "Croup coughs bark.",
    ),
    "es": (
        "Un niño tiene tos perruna. ¿Qué es probable?",
        ["Crup.", "Gota.", "Catarata.", "", ""],
        "El crup suena así.",
    ),
    "fr": (
        "Un enfant a une toux aboyante. Que penser ?",
        ["Croup.", "Goutte.", "Cataracte.", "", ""],
        "Le croup aboie.",
    ),
}


def _case(language: str, key: str, value: object) -> dict[str, Any]:
    question, options, explanation = _CASES[language]
    return {
        key: value,
        "lang": language,
        "type": "PEDIATRICS",
        "full_question": question,
        "options": {str(number): text for number, text in enumerate(options, 1)},
        "correct_option": 1,
        "full_answer": explanation,
    }


CASIMEDICOS = Fixture(
    "casimedicos",
    {f"train.{tag}.jsonl": [_case(tag, "idx", "train-0"), _case(tag, "idx", "train-1")] for tag in _CASES},
    {(tag, f"casimedicos/train/train-{n}"): case[1][0] for tag, case in _CASES.items() for n in (0, 1)},
)
MEDEXPQA = Fixture(
    "medexpqa",
    {f"data/{tag}/dev.{tag}.casimedicos.rag.jsonl": [_case(tag, "id", 274)] for tag in _CASES},
    {(tag, "medexpqa/validation/274"): case[1][0] for tag, case in _CASES.items()},
)
PUBMEDQA = Fixture(
    "pubmedqa",
    {
        "ori_pqal.json": {
            pmid: {
                "QUESTION": "Does walking lower blood pressure?",
                "CONTEXTS": [f"Of adults, {pmid} walked daily.", "Pressure fell by 5 mmHg."],
                "LABELS": ["METHODS", "RESULTS"],
                "MESHES": [],
                "YEAR": "2031",
                "final_decision": decision,
                "LONG_ANSWER": "Daily walking lowered it somewhat.",
            }
            for pmid, decision in (("101", "yes"), ("102", "no"), ("103", "maybe"))
        },
        "test_ground_truth.json": {"101": "yes"},
    },
    {
        ("en", "pubmedqa/test/101"): "yes",
        ("en", "pubmedqa/train/102"): "no",
        ("en", "pubmedqa/train/103"): "maybe",
    },
)
LIVEQA = Fixture(
    "liveqa",
    {
        "TREC-2017-LiveQA-Medical-Train-1.xml": """<?xml version="1.0" encoding="UTF-8"?>
<NLM-QUESTIONS>
<NLM-QUESTION questionid="Q1"><SUBJECT>Gout</SUBJECT><MESSAGE>Which drinks should I avoid?</MESSAGE>
<SUB-QUESTIONS><SUB-QUESTION subqid="Q1-S1"><ANSWERS>
<ANSWER answerid="Q1-S1-A1" pairid="1">Beer, above
    all.</ANSWER>
<ANSWER answerid="Q1-S1-A2" pairid="2">Sweet drinks too.</ANSWER>
</ANSWERS></SUB-QUESTION></SUB-QUESTIONS></NLM-QUESTION>
<NLM-QUESTION questionid="Q2"><SUBJECT></SUBJECT><MESSAGE></MESSAGE>
<SUB-QUESTIONS><SUB-QUESTION><ANSWERS><ANSWER answerid="Q2-S1-A1">Rest.</ANSWER></ANSWERS></SUB-QUESTION>
</SUB-QUESTIONS></NLM-QUESTION>
</NLM-QUESTIONS>
""",
        "TREC-2017-LiveQA-Medical-Train-2.xml": """\ufeff<?xml version="1.0" encoding="UTF-8"?>
<NLM-QUESTIONS><NLM-QUESTION qid="1.0"><SUBJECT>sprain</SUBJECT><MESSAGE>Sprain of the ankle: ice or heat?</MESSAGE>
<SUB-QUESTIONS><SUB-QUESTION><ANSWERS><ANSWER>Ice on the first day.</ANSWER></ANSWERS></SUB-QUESTION></SUB-QUESTIONS>
</NLM-QUESTION></NLM-QUESTIONS>
""",
        "TREC-2017-LiveQA-Medical-Test.xml": """<?xml version="1.0" encoding="UTF-8"?>
<Set><NLM-QUESTION qid="TQ1"><Original-Question qfile="1.txt"><SUBJECT>Iron</SUBJECT><MESSAGE>With tea?</MESSAGE>
</Original-Question><ReferenceAnswers>
<RefAnswer aid="TQ1A1"><ANSWER>No: tea hinders it.</ANSWER></RefAnswer>
<ReferenceAnswer aid="TQ1A2"><ANSWER> </ANSWER></ReferenceAnswer>
</ReferenceAnswers></NLM-QUESTION>
<NLM-QUESTION qid="TQ2"><Original-Question><SUBJECT>Zinc</SUBJECT><MESSAGE/></Original-Question></NLM-QUESTION></Set>
""",
    },
    {
        ("en", "liveqa/train/Q1-S1-A1"): None,
        ("en", "liveqa/train/Q1-S1-A2"): None,
        ("en", "liveqa/train/train-2/1.0-A1"): None,
        ("en", "liveqa/test/TQ1A1"): None,
    },
)
_EXPERT_FILES: Files = {
    "r1_data_anon.jsonl": [
        {"question": "Why boil water?", "metadata": {"field": "Healthcare / Medicine"}},
        {"question": "Why do leaves fall?", "metadata": {"field": "Biology"}},
        {"question": "Who may vaccinate?", "metadata": {"field": "Law | Medicine"}},
        {"question": "What is a tort?", "metadata": {"field": "Law"}},
    ],
    "rand_lfqa_val.json": [
        {
            "example_id": 0,
            "context": "",
            "question": "Why boil water?",
            "answer": "<Answer> Heat kills germs.",
        },
        {"example_id": 1, "context": "", "question": "Why do leaves fall?", "answer": "To save water."},
        {"example_id": 2, "context": "", "question": "Who may vaccinate?", "answer": "Trained staff."},
        {"example_id": 3, "context": "", "question": "What is a tort?", "answer": "A civil wrong."},
        {"example_id": 4, "context": "", "question": "Not in the index?", "answer": "No."},
    ],
}
EXPERTQA_MED = Fixture(
    "expertqa_med",
    _EXPERT_FILES,
    {("en", "expertqa_med/validation/0"): None, ("en", "expertqa_med/validation/2"): None},
)
EXPERTQA_BIO = Fixture("expertqa_bio", _EXPERT_FILES, {("en", "expertqa_bio/validation/1"): None})
BIONLI = Fixture(
    "bionli",
    {
        "bionli_train.csv": "sentence1,sentence2,gold_label\n"
        '"Aspirin slowed clotting, in all mice.",Aspirin slows clotting.,entailment\n'
        "Aspirin slowed clotting.,Aspirin speeds clotting.,contradiction\n",
        "test.jsonl": [{"sentence1": "Zinc rose.", "sentence2": "Zinc fell.", "gold_label": "contradiction"}],
    },
    {
        ("en", "bionli/train/2392cf2bb35dc693"): "entailment",
        ("en", "bionli/train/4475037a027232cb"): "contradiction",
        ("en", "bionli/test/85f125e190b40684"): "contradiction",
    },
)
MEDNLI = Fixture(
    "mednli",
    {
        "mli_dev_v1.jsonl": [
            {
                "pairID": "a-1",
                "sentence1": "She has a fever.",
                "sentence2": "She is warm.",
                "gold_label": "entailment",
            },
            {
                "pairID": "a-2",
                "sentence1": "He is asleep.",
                "sentence2": "He snores.",
                "gold_label": "neutral",
            },
            {"pairID": "a-3", "sentence1": "He is asleep.", "sentence2": "He is old.", "gold_label": "-"},
        ],
    },
    {("en", "mednli/validation/a-1"): "entailment", ("en", "mednli/validation/a-2"): "neutral"},
)
_NOTHING = dict.fromkeys(("question", "context", "premise", "hypothesis", "options", "answer", "long_answer"), None)
SAMPLE = Fixture(
    "sample",
    {
        "items.jsonl": [
            {
                **_NOTHING,
                "id": "bone",
                "split": "train",
                "task": "mcqa",
                "question": "Which is a bone?",
                "options": {"A": "Femur", "B": "Spleen"},
                "answer": "A",
            },
            {
                **_NOTHING,
                "id": "fever",
                "split": "test",
                "task": "nli",
                "premise": "It is 40 °C.",
                "hypothesis": "It is a fever.",
                "answer": "entailment",
            },
            {
                **_NOTHING,
                "id": "wash",
                "split": "validation",
                "task": "lfqa",
                "question": "Why wash hands?",
                "long_answer": "It removes germs.",
            },
            {
                **_NOTHING,
                "id": "os",
                "language": "fr",
                "split": "train",
                "task": "mcqa",
                "question": "Lequel est un os ?",
                "options": {"A": "Rate", "B": "Fémur"},
                "answer": "B",
                "country": "FR",
            },
        ],
    },
    {
        ("en", "sample/train/bone"): "Femur",
        ("en", "sample/test/fever"): "entailment",
        ("en", "sample/validation/wash"): None,
        ("fr", "sample/train/os"): "Fémur",
    },
)
FIXTURES = {
    fixture.source: fixture
    for fixture in (
        MEDQA,
        MEDQA_MAINLAND,
        FRENCHMEDMCQA,
        IGAKUQA,
        KORMEDMCQA,
        CMEXAM,
        AFRIMEDQA,
        MEDMCQA,
        MMLU_PRO,
        HEADQA,
        CASIMEDICOS,
        MEDEXPQA,
        PUBMEDQA,
        LIVEQA,
        EXPERTQA_MED,
        EXPERTQA_BIO,
        BIONLI,
        MEDNLI,
        SAMPLE,
    )
}
