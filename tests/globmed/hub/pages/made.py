"""Rows that are made up, and Parquet files of them."""

import io
from typing import Any

import polars as pl

from globmed.schema import polars_schema

HOSTILE = "<script>alert(1)</script>"


def row(number: int, language: str, **columns: Any) -> dict[str, Any]:
    made = {
        "id": f"made/train/{number}",
        "language": language,
        "source": "made" if number % 2 else "other",
        "task": "mcqa",
        "question": f"Question {number} in {language}",
        "options": [{"label": "A", "text": "yes"}, {"label": "B", "text": f"no {HOSTILE}"}],
        "answer": "B",
        "origin": "machine" if language == "yo" else "original",
        "provenance": {"upstream": "made/up", "engine": "argos"},
        "quality": {"numbers": 0.5, "critical": language == "yo", "reasons": ["numbers: 5 mg became 50 mg"]},
        "review": {"status": "reviewed" if number < 3 else "unreviewed", "raters": 2},
    }
    return made | columns


def parquet(rows: list[dict[str, Any]]) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame(rows, schema=polars_schema()).write_parquet(buffer)
    return buffer.getvalue()


def other(**columns: Any) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame(columns).write_parquet(buffer)
    return buffer.getvalue()
