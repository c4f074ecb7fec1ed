//! Reads the lines of a file: the fields of each learner, and the problems of lines that cannot be imported.

use std::collections::HashMap;

use csv::{ReaderBuilder, StringRecord};
use plansync_protocol::{ProgrammeStatus, Word as _};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::commands::import::file::Separator;
use crate::commands::import::header::{Header, HeaderColumn};
use crate::commands::import::known::Known;
use crate::exit::NotUnderstood;
use crate::{asking, learner_id};

/// The separator of the items of one cell.
const BETWEEN: [char; 4] = [';', '|', '\n', '\r'];

/// A file of cells.
pub(super) struct CsvTable {
    header: Header,
    /// With the number of the line that each begins in.
    lines: Vec<(u64, StringRecord)>,
}

/// The content of a line about a learner.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ImportRow {
    pub(super) line: u64,
    pub(super) learner: Uuid,
    /// The given fields, as fields of a record.
    pub(super) fields: Map<String, Value>,
}

/// What in a line cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) line: u64,
    /// As the file calls it; empty where it is the whole line.
    pub(super) column: String,
    pub(super) what: String,
}

/// The content of a file.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) rows: Vec<ImportRow>,
    pub(super) problems: Vec<Problem>,
}

/// Takes a text apart.
///
/// # Errors
///
/// The first line cannot be understood, or a quotation mark is never closed: then no line is sure.
pub(super) fn table(
    text: &str,
    separator: Separator,
    ignored: &[String],
) -> Result<CsvTable, NotUnderstood> {
    let separator = separator.byte(text);
    if let Some(line) = unclosed(text, separator) {
        return Err(NotUnderstood(format!(
            "nothing was sent: line {line} has a quotation mark that is not closed; close it, or double it \
             if it is part of the text"
        )));
    }
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut numbers = Numbers::new(text);
    let mut records = reader.records().map(|record| {
        let record = record.map_err(|error| NotUnderstood(format!("nothing was sent: {error}")))?;
        let start = record.position().map_or(0, csv::Position::byte);
        Ok((numbers.of(start), record))
    });
    let first = records.next().transpose()?;
    let Some((_, first)) = first else {
        return Err(NotUnderstood(
            "nothing was sent: the file is empty".to_owned(),
        ));
    };
    let header = Header::read(first.iter(), ignored)?;
    let lines: Result<Vec<_>, NotUnderstood> = records
        .filter(|record| !record.as_ref().is_ok_and(|(_, cells)| is_blank(cells)))
        .collect();
    Ok(CsvTable {
        header,
        lines: lines?,
    })
}

fn is_blank(cells: &StringRecord) -> bool {
    cells.iter().all(|cell| cell.trim().is_empty())
}

/// The line in which a quotation mark opens that is never closed.
fn unclosed(text: &str, separator: u8) -> Option<u64> {
    let (mut line, mut opened, mut is_begin) = (1, None, true);
    for byte in text.bytes() {
        match (byte, opened) {
            (b'"', Some(_)) => opened = None,
            // A second one right behind the closing one opens again: it is one that is doubled.
            (b'"', None) if is_begin => opened = Some(line),
            _ => {}
        }
        // What follows a closing mark may only be another one or the end of the cell.
        is_begin = opened.is_none()
            && (byte == separator || byte == b'\n' || byte == b'\r' || byte == b'"');
        line += u64::from(byte == b'\n');
    }
    opened
}

/// The numbers of lines, as editors count them, by the places of records in the text.
struct Numbers<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Numbers<'a> {
    fn new(text: &'a str) -> Self {
        let (bytes, at, line) = (text.as_bytes(), 0, 1);
        Self { bytes, at, line }
    }

    /// The line of the record that begins at this byte or behind the blank lines there.
    fn of(&mut self, start: u64) -> u64 {
        let start = usize::try_from(start)
            .unwrap_or(usize::MAX)
            .min(self.bytes.len());
        let is_passed = |at: usize, byte: u8| at < start || byte == b'\n' || byte == b'\r';
        while let Some(byte) = self.bytes.get(self.at) {
            if !is_passed(self.at, *byte) {
                break;
            }
            self.line += u64::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }
}

impl CsvTable {
    /// Whether administrators are named in it.
    pub(super) fn names_administrators(&self) -> bool {
        self.header.has(HeaderColumn::Tutors) || self.header.has(HeaderColumn::CaseOwner)
    }

    /// What its lines say, in their order.
    pub(super) fn rows(&self, tenant: &str, known: &Known) -> Read {
        let mut read = Read::default();
        let mut seen: HashMap<Uuid, u64> = HashMap::new();
        for (line, cells) in &self.lines {
            let mut reader = LineReader {
                header: &self.header,
                line: *line,
                cells,
                problems: Vec::new(),
            };
            let row = reader.row(tenant, known);
            let before = row.as_ref().and_then(|row| seen.insert(row.learner, *line));
            if let Some(before) = before {
                reader.problem(
                    None,
                    format!(
                        "it has the same learner as line {before}; combine both lines into one"
                    ),
                );
            }
            match row {
                Some(row) if reader.problems.is_empty() => read.rows.push(row),
                Some(_) | None => read.problems.append(&mut reader.problems),
            }
        }
        read
    }
}

/// One line being read.
struct LineReader<'a> {
    header: &'a Header,
    line: u64,
    cells: &'a StringRecord,
    problems: Vec<Problem>,
}

impl LineReader<'_> {
    fn problem(&mut self, column: Option<HeaderColumn>, what: String) {
        let column = column.map_or("", |column| self.header.name(column));
        self.problems.push(Problem {
            line: self.line,
            column: column.to_owned(),
            what,
        });
    }

    /// The row, or nothing if not even the learner can be known.
    fn row(&mut self, tenant: &str, known: &Known) -> Option<ImportRow> {
        let (has, wants) = (self.cells.len(), self.header.cells());
        if has != wants {
            self.problem(
                None,
                format!(
                    "it has {has} cells, but the first line has {wants}; a cell that contains the separator \
                     must be in quotation marks"
                ),
            );
            return None;
        }
        let learner = self.learner(tenant);
        let mut fields = Map::new();
        self.name(&mut fields);
        self.texts(&mut fields, HeaderColumn::Groups, "groups", group);
        self.texts(&mut fields, HeaderColumn::Tutors, "tutors", |given| {
            known.administrator(given).map(str::to_owned)
        });
        if let Some(cell) = self.cell(HeaderColumn::CaseOwner) {
            let found = match cell.as_str() {
                "" => Ok(Value::Null),
                given => known.administrator(given).map(|id| json!(id)),
            };
            match found {
                Ok(id) => drop(fields.insert("case_owner".to_owned(), id)),
                Err(what) => self.problem(Some(HeaderColumn::CaseOwner), what),
            }
        }
        self.enrolments(&mut fields, known);
        Some(ImportRow {
            line: self.line,
            learner: learner?,
            fields,
        })
    }

    /// A cell without surrounding blanks; `None` if the file has no such column.
    fn cell(&self, column: HeaderColumn) -> Option<String> {
        let place = self.header.place(column)?;
        Some(self.cells.get(place).unwrap_or_default().trim().to_owned())
    }

    /// The id as given, or else derived from the reference.
    fn learner(&mut self, tenant: &str) -> Option<Uuid> {
        let id = self.cell(HeaderColumn::Id).filter(|id| !id.is_empty());
        let reference = self
            .cell(HeaderColumn::Reference)
            .filter(|it| !it.is_empty());
        match (id, reference) {
            (Some(id), _) => {
                let read = Uuid::try_parse(&id).ok();
                if read.is_none() {
                    let told = format!(
                        "“{id}” is not a UUID; for another kind of key, name the column `reference`"
                    );
                    self.problem(Some(HeaderColumn::Id), told);
                }
                read
            }
            (None, Some(reference)) => learner_id::of_reference(tenant, &reference).ok(),
            (None, None) => {
                let column = [HeaderColumn::Id, HeaderColumn::Reference]
                    .into_iter()
                    .find(|column| self.header.has(*column));
                self.problem(
                    column,
                    "it is empty, so that the learner is unknown".to_owned(),
                );
                None
            }
        }
    }

    /// Blanks within a name, line feeds among them, count as one.
    fn name(&mut self, fields: &mut Map<String, Value>) {
        let parts = [
            HeaderColumn::Name,
            HeaderColumn::FirstName,
            HeaderColumn::LastName,
        ];
        let Some(column) = parts.into_iter().find(|it| self.header.has(*it)) else {
            return;
        };
        let cells: Vec<_> = parts.iter().filter_map(|it| self.cell(*it)).collect();
        let words: Vec<_> = cells
            .iter()
            .flat_map(|cell| cell.split_whitespace())
            .collect();
        match words.join(" ") {
            name if name.is_empty() => self.problem(Some(column), "the name is empty".to_owned()),
            name if name.chars().count() > 200 => {
                let told = "the name is longer than 200 characters";
                self.problem(Some(column), told.to_owned());
            }
            name => drop(fields.insert("name".to_owned(), json!(name))),
        }
    }

    /// The items of a cell, each resolved.
    fn texts(
        &mut self,
        fields: &mut Map<String, Value>,
        column: HeaderColumn,
        field: &str,
        find: impl Fn(&str) -> Result<String, String>,
    ) {
        let Some(cell) = self.cell(column) else {
            return;
        };
        let mut all: Vec<String> = Vec::new();
        for given in items(&cell) {
            match find(given) {
                Ok(item) if all.contains(&item) => {}
                Ok(item) => all.push(item),
                Err(what) => self.problem(Some(column), what),
            }
        }
        fields.insert(field.to_owned(), json!(all));
    }

    fn enrolments(&mut self, fields: &mut Map<String, Value>, known: &Known) {
        let Some(cell) = self.cell(HeaderColumn::Programmes) else {
            return;
        };
        let beside = self
            .cell(HeaderColumn::Status)
            .filter(|cell| !cell.is_empty());
        let given: Vec<_> = items(&cell).collect();
        if beside.is_some() && given.len() != 1 {
            let told =
                "it requires exactly one programme in the line; otherwise write `PROGRAMME=STATUS`";
            self.problem(Some(HeaderColumn::Status), told.to_owned());
        }
        let mut all: Vec<(String, ProgrammeStatus)> = Vec::new();
        for given in given {
            match enrolment(given, beside.as_deref(), known) {
                Ok((programme, _)) if all.iter().any(|(it, _)| *it == programme) => {
                    let told = format!("“{given}” occurs twice");
                    self.problem(Some(HeaderColumn::Programmes), told);
                }
                Ok(enrolment) => all.push(enrolment),
                Err((column, what)) => self.problem(Some(column), what),
            }
        }
        let all = all.iter().map(
            |(programme, status)| json!({ "programme": programme, "status": status.as_str() }),
        );
        fields.insert("enrolments".to_owned(), all.collect());
    }
}

fn items(cell: &str) -> impl Iterator<Item = &str> {
    let items = cell.split(BETWEEN).map(str::trim);
    items.filter(|item| !item.is_empty())
}

fn group(given: &str) -> Result<String, String> {
    asking::name(given).map_err(|form| format!("“{given}” is not a valid group: {form}"))
}

/// A programme and the status on it: in the item itself, in the column beside, or else `active`.
fn enrolment(
    given: &str,
    beside: Option<&str>,
    known: &Known,
) -> Result<(String, ProgrammeStatus), (HeaderColumn, String)> {
    let of_cell = |what| (HeaderColumn::Programmes, what);
    let whole = known.programme(given);
    let (programme, status) = match (whole, given.rsplit_once('=')) {
        (Ok(id), _) => (id, None),
        (Err(what), None) => return Err(of_cell(what)),
        (Err(_), Some((name, word))) => {
            let id = known.programme(name.trim()).map_err(of_cell)?;
            (id, Some(status(word).map_err(of_cell)?))
        }
    };
    let status = match (status, beside) {
        (Some(status), None) => status,
        (None, Some(word)) => status_beside(word)?,
        (None, None) => ProgrammeStatus::Active,
        (Some(_), Some(_)) => {
            let told =
                "the programme already has a status in its own cell; leave one of the two empty";
            return Err((HeaderColumn::Status, told.to_owned()));
        }
    };
    Ok((programme.to_owned(), status))
}

fn status_beside(word: &str) -> Result<ProgrammeStatus, (HeaderColumn, String)> {
    status(word).map_err(|what| (HeaderColumn::Status, what))
}

/// A status as people write it: `On break` is `on_break`.
fn status(given: &str) -> Result<ProgrammeStatus, String> {
    let words: Vec<_> = given
        .split(|c: char| c.is_whitespace() || c == '_' || c == '-')
        .filter(|word| !word.is_empty())
        .collect();
    let word = words.join("_").to_lowercase();
    ProgrammeStatus::from_word(&word).ok_or_else(|| {
        format!(
            "“{}” is not a status; possible values: {}",
            given.trim(),
            ProgrammeStatus::WORDS.join(", ")
        )
    })
}
