import datasets
import polars as pl
import pyarrow as pa

from globmed import schema


def test_every_form_has_the_same_columns() -> None:
    names = [field.name for field in schema.FIELDS]
    assert schema.arrow_schema().names == names
    assert list(schema.polars_schema()) == names
    assert list(schema.features()) == names


def test_features_turn_back_into_the_arrow_schema() -> None:
    assert schema.features().arrow_schema == schema.arrow_schema()


def test_options_are_a_list_of_label_and_text() -> None:
    assert schema.features()["options"] == datasets.List(
        {"label": datasets.Value("string"), "text": datasets.Value("string")}
    )
    assert schema.polars_schema()["options"] == pl.List(pl.Struct({"label": pl.String, "text": pl.String}))


def test_a_role_of_an_item_is_had_by_what_an_item_fills() -> None:
    for field in schema.FIELDS:
        assert set(field.required_by) <= set(field.used_by) <= set(schema.TASKS), field.name
        assert field.used_by or not (field.translated or field.asked), field.name


def test_every_quality_signal_is_a_float() -> None:
    assert {child.type for child in schema.QUALITY if child.name in schema.SIGNALS} == {pa.float64()}
    assert [child.name for child in schema.QUALITY] == [*schema.SIGNALS, "critical", "reasons"]


def test_the_field_table_has_a_line_for_every_column() -> None:
    lines = schema.field_table().splitlines()[2:]
    assert len(lines) == len(schema.FIELDS)
    assert lines[0] == "| `id` | string | `<source>/<split>/<upstream id>`, the same in every language |"
    assert "list of {`label`, `text`} or null" in lines[8]
