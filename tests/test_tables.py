"""nnlib.tables: numbers as a person writes them, aligned columns, Markdown that no cell can break."""

import pytest

from nnlib.tables import align, format_value, markdown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (1e-3 * (1 + 1e-9), "0.001"),
        (3e-5, "3e-05"),
        (123.456, "123.456"),
        (0.0125, "0.0125"),
        (54_000, "54000"),
        (1.0, "1"),
        (True, "True"),
        (None, "None"),
        ("BN fc", "BN fc"),
    ],
)
def test_a_setting_is_written_without_rounding_errors_and_whole(value, text):
    assert format_value(value) == text


def test_columns_are_as_wide_as_their_longest_cell():
    rows = [("item", "n"), ("2.3", "500"), ("a", "")]
    assert align(rows) == ["item  n", "2.3   500", "a"]
    assert align(rows, str.rjust, rule=True) == ["item    n", "----  ---", " 2.3  500", "   a"]
    assert align(rows, (str.ljust, str.rjust)) == ["item    n", "2.3   500", "a"]
    with pytest.raises(ValueError, match="shorter"):
        align([("a", "b"), ("c",)])


def test_a_cell_of_markdown_stays_one():
    assert markdown(("a", "b"), [("x|y", "")]) == "| a | b |\n| --- | --- |\n| x\\|y |  |"
