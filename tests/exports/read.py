"""Reads an export in SQLite, CSV and JSON lines with pandas and DuckDB, which share no code with plansync.

Usage: read.py EXPORT.sqlite CSV-FOLDER JSONL-FOLDER

Every table must have the same number of rows in each, and the same values. Texts that CSV marks with an apostrophe,
because a spreadsheet would change them, are compared without it.
"""

import json
import sqlite3
import sys
from pathlib import Path

import duckdb
import pandas


def of_csv(text: object) -> object:
    """What a field stands for."""
    return text.removeprefix("'") if isinstance(text, str) else text


def plain(value: object, kind: str) -> object:
    """A value as text, the same from every format; an empty text is null, which CSV readers do not tell apart."""
    # Lists and objects have no single missing value.
    if value is None or value == "" or (not isinstance(value, (list, dict)) and pandas.isna(value)):
        return None
    if kind == "boolean":
        return str(value).lower() in ("1", "1.0", "true")
    if kind == "integer":
        return int(float(value))
    if kind == "json":
        return json.dumps(json.loads(value) if isinstance(value, str) else value, sort_keys=True)
    return str(value)


def rows(frame: pandas.DataFrame, kinds: dict[str, str]) -> list[list[object]]:
    assert list(frame.columns) == list(kinds), (list(frame.columns), list(kinds))
    return [[plain(value, kind) for value, kind in zip(row, kinds.values())] for row in frame.itertuples(index=False)]


def main(sqlite: str, csv: str, lines: str) -> None:
    connection = sqlite3.connect(sqlite)
    dictionary = pandas.read_sql("SELECT * FROM dictionary ORDER BY table_name, number", connection)
    duck = duckdb.connect()
    tables = 0
    for name, columns in dictionary.groupby("table_name"):
        kinds = dict(zip(columns["column_name"], columns["kind"]))
        key = ", ".join(f'"{column}"' for column in columns[columns["is_key"] == 1]["column_name"])
        expected = rows(pandas.read_sql(f"SELECT * FROM {name} ORDER BY {key}", connection, dtype=object), kinds)
        csv_file, lines_file = Path(csv, f"{name}.csv"), Path(lines, f"{name}.jsonl")

        frame = pandas.read_csv(csv_file, dtype=str, encoding="utf-8-sig", keep_default_na=False)
        assert rows(frame.map(of_csv), kinds) == expected, f"{name}: CSV with pandas"
        if expected:
            frame = pandas.read_json(lines_file, lines=True, dtype=False)
            assert rows(frame, kinds) == expected, f"{name}: JSON lines with pandas"

        (count,) = duck.sql(f"SELECT count(*) FROM read_csv('{csv_file}', all_varchar = true, header = true)").fetchall()[0]
        assert count == len(expected), f"{name}: CSV with DuckDB"
        if expected:
            (count,) = duck.sql(f"SELECT count(*) FROM read_json('{lines_file}', format = 'newline_delimited')").fetchall()[0]
            assert count == len(expected), f"{name}: JSON lines with DuckDB"
            found = duck.sql(f"SELECT * FROM read_csv('{csv_file}', all_varchar = true, header = true)").fetchall()
            found = [[plain(of_csv(value), kind) for value, kind in zip(row, kinds.values())] for row in found]
            assert found == expected, f"{name}: values of CSV with DuckDB"
        tables += 1
    for (view,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view'").fetchall():
        pandas.read_sql(f"SELECT * FROM {view}", connection)
    try:
        duck.sql("INSTALL sqlite")
        duck.sql("LOAD sqlite")
    except duckdb.Error as error:
        print(f"!!! NOT CHECKED: DuckDB's extension for SQLite is not to be had ({error})", file=sys.stderr)
    else:
        duck.sql(f"ATTACH '{sqlite}' AS export_file (TYPE sqlite)")
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            (expected,) = connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0]
            (count,) = duck.sql(f"SELECT count(*) FROM export_file.{name}").fetchall()[0]
            assert count == expected, f"{name}: SQLite with DuckDB"
    print(f"{tables} tables have the same rows in SQLite, CSV and JSON lines, with pandas and DuckDB")


if __name__ == "__main__":
    main(*sys.argv[1:])
