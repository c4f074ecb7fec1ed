//! JSON lines: one object for each row, with a key for each column. JSON in a column stands there as JSON.

use std::io::{self, Write};

use super::{CellRef, pairs};
use crate::model::{Column, Kind};

pub(super) fn row(
    to: &mut impl Write,
    columns: &[Column],
    values: &[CellRef<'_>],
) -> io::Result<()> {
    for (place, (column, value)) in pairs(columns, values).enumerate() {
        let begin = if place == 0 { '{' } else { ',' };
        write!(to, "{begin}\"{}\":", column.name)?;
        match value {
            CellRef::Null => to.write_all(b"null")?,
            CellRef::Integer(number) if column.kind == Kind::Boolean => {
                write!(to, "{}", number != 0)?;
            }
            CellRef::Integer(number) => write!(to, "{number}")?,
            // It was written by this program, in one line.
            CellRef::Text(json) if column.kind == Kind::Json => to.write_all(json.as_bytes())?,
            CellRef::Text(text) => serde_json::to_writer(&mut *to, text)?,
        }
    }
    to.write_all(b"}\n")
}
