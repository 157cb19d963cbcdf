"""Tables as files that others read: Parquet or CSV, the same bytes for the same table.

Takes: a table and a path. Gives: the file, whole or not at all.
"""

from pathlib import Path

import pandas as pd
import pyarrow as pa

from labsim.foundations.errors import InputError, Problem, Where
from labsim.foundations.i18n import t
from labsim.foundations.writing import check_writable, write_whole
from labsim.results.segments import parquet

ENDINGS = (".parquet", ".csv")


def check_table_path(path: Path) -> None:
    """Find out before the work whether :func:`write_table` could write there.

    Raises:
        InputError: another ending, or the place cannot be written to.
    """
    if path.suffix not in ENDINGS:
        what = t(f"不支持 {path.suffix or path.name}", f"{path.suffix or path.name} is not supported")
        raise InputError([Problem(Where(str(path)), what, t(".parquet 或 .csv", ".parquet or .csv"))])
    check_writable(path)


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table whole or not at all.

    Raises:
        InputError: as :func:`check_table_path`.
    """
    check_table_path(path)
    if path.suffix == ".csv":
        write_whole(path, table.to_csv(index=False, lineterminator="\n"))
    else:
        write_whole(path, parquet(pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)))
