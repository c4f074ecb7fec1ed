//! A list to choose from, read page by page as the cursor moves, and searched by the service.
//!
//! Only one page is held at a time, so that a list of thousands needs no more memory than a short one.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::screen::{Key, Screen};
use super::view::View;
use crate::caller::{Caller, smaller_page};
use crate::names::{self, Names};
use crate::paint::Paint;
use crate::reply::{items, number, text};
use crate::table::{Ids, Table};

/// The rows of a page.
const PAGE_ROWS: usize = 50;
/// No longer text is searched for.
const SEARCH_BYTES_MAX: usize = 200;
/// The columns in front of a row: the mark and a blank.
const MARK: usize = 4;

/// Where the rows come from.
pub(super) enum Source {
    /// An operation with pages.
    Service {
        operation: &'static str,
        body: Value,
    },
    /// These.
    Fixed(Vec<Value>),
}

/// Which rows are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    None,
    /// Those that are preselected.
    Recent,
    /// All that the filters let through.
    All,
}

/// What is chosen: a base, and the rows for which it is the other way round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picked {
    pub(super) base: Base,
    pub(super) toggled: BTreeSet<String>,
    /// Only those whose names contain this text.
    pub(super) search: Option<String>,
}

impl Picked {
    pub(super) fn new(base: Base) -> Self {
        Self {
            base,
            toggled: BTreeSet::new(),
            search: None,
        }
    }

    /// Whether a row is chosen.
    pub(super) fn has(&self, row: &Value, id: &str) -> bool {
        let is_of_base = match self.base {
            Base::None => false,
            Base::Recent => row["preselected"] == true,
            Base::All => true,
        };
        is_of_base != self.toggled.contains(text(row, id))
    }

    fn toggle(&mut self, id: &str) {
        if !self.toggled.remove(id) {
            self.toggled.insert(id.to_owned());
        }
    }

    fn said(&self) -> String {
        let toggled = self.toggled.len();
        if let (Base::All, Some(search)) = (self.base, &self.search) {
            return match toggled {
                0 => format!("all found by “{search}” chosen"),
                count => format!("all found by “{search}” chosen except {count}"),
            };
        }
        match (self.base, toggled) {
            (Base::None, count) => format!("{count} chosen"),
            (Base::Recent, 0) => "recent changes chosen".to_owned(),
            (Base::Recent, count) => format!("recent changes chosen, {count} toggled"),
            (Base::All, 0) => "all chosen".to_owned(),
            (Base::All, count) => format!("all chosen except {count}"),
        }
    }
}

/// How a list ends.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Chosen {
    /// With what is picked, or with this row where only one can be.
    Next(Value),
    /// A key that the step knows, on this row.
    Key(char, Value),
    Back,
}

/// A list on the screen.
pub(super) struct Picker<'a> {
    pub(super) title: &'a str,
    pub(super) about: Vec<String>,
    pub(super) source: Source,
    /// The list in the reply.
    pub(super) list: &'static str,
    /// The field with the id of a row.
    pub(super) id: &'static str,
    /// The rows as they are shown, with the names of the administrators in them.
    pub(super) table: &'a dyn Fn(&Value, &Names) -> anyhow::Result<Table>,
    /// The administrators whom a page names by their ids.
    pub(super) people: fn(&Value) -> anyhow::Result<Vec<String>>,
    /// What is picked, where several can be.
    pub(super) picked: Option<Picked>,
    /// Whether some are preselected.
    pub(super) has_recent: bool,
    /// Whether nothing may be picked.
    pub(super) may_be_none: bool,
    /// Further keys of the step.
    pub(super) more_keys: &'static [(char, &'static str)],
    pub(super) next: &'static str,
}

/// What is on the screen of a list.
struct Page {
    number: usize,
    size: usize,
    reply: Value,
    total: usize,
    table: Table,
}

/// The administrators of a list that names none.
#[allow(
    clippy::unnecessary_wraps,
    reason = "one of the functions that find people"
)]
pub(super) fn nobody(_: &Value) -> anyhow::Result<Vec<String>> {
    Ok(Vec::new())
}

impl Picker<'_> {
    /// Shows the list until the user leaves it.
    pub(super) async fn pick(
        &mut self,
        caller: &Caller,
        screen: &mut Screen,
    ) -> anyhow::Result<Chosen> {
        let mut cursor = 0;
        let mut page = self.read(caller, screen, 1, PAGE_ROWS).await?;
        let mut note = String::new();
        loop {
            let rows = items(&page.reply, self.list);
            let row = rows.get(cursor % page.size).cloned().unwrap_or_default();
            let view = self.view(screen.columns(), &page, cursor, &note);
            let Some(key) = screen.key(&view).await? else {
                continue;
            };
            note.clear();
            match key {
                Key::Back => return Ok(Chosen::Back),
                Key::Enter if self.is_enough(&page) => return Ok(Chosen::Next(row)),
                Key::Enter => "Choose at least one first.".clone_into(&mut note),
                Key::Char('/') if self.is_searched() => {
                    if self.search(screen, &view).await? {
                        if self.is_of_another_search() {
                            self.picked = Some(Picked::new(Base::None));
                            "The previous choice was for another search, so nothing is chosen now."
                                .clone_into(&mut note);
                        }
                        cursor = 0;
                        page = self.read(caller, screen, 1, page.size).await?;
                    }
                }
                Key::Char(' ') if page.total > 0 => {
                    if let Some(picked) = &mut self.picked {
                        picked.toggle(text(&row, self.id));
                        cursor = (cursor + 1).min(page.total - 1);
                    }
                }
                // All of nothing would be all once something else is searched for.
                Key::Char('a') if page.total == 0 => "None to choose.".clone_into(&mut note),
                Key::Char(letter) => {
                    if self.more_keys.iter().any(|(known, _)| *known == letter) {
                        return Ok(Chosen::Key(letter, row));
                    }
                    self.choose_base(letter);
                }
                Key::Up
                | Key::Down
                | Key::PageUp
                | Key::PageDown
                | Key::Home
                | Key::End
                | Key::Backspace
                | Key::Tab => cursor = moved(key, cursor, page.total),
            }
            let wanted = cursor / page.size + 1;
            if wanted != page.number {
                page = self.read(caller, screen, wanted, page.size).await?;
                cursor = cursor.min(page.total.saturating_sub(1));
            }
        }
    }

    /// Whether one may go on.
    fn is_enough(&self, page: &Page) -> bool {
        match &self.picked {
            Some(_) if self.may_be_none => true,
            Some(picked) if !picked.toggled.is_empty() => true,
            Some(picked) => match picked.base {
                Base::None => false,
                Base::Recent => self.has_recent,
                Base::All => page.total > 0,
            },
            None => page.total > 0,
        }
    }

    fn choose_base(&mut self, letter: char) {
        let has_recent = self.has_recent;
        if let Some(picked) = &mut self.picked {
            match letter {
                'a' => {
                    *picked = Picked::new(Base::All);
                    picked.search = searched(&self.source);
                }
                'n' => *picked = Picked::new(Base::None),
                'r' if has_recent => *picked = Picked::new(Base::Recent),
                _ => {}
            }
        }
    }

    /// Whether what is chosen is all of a search, and now something else is searched for, of which it is
    /// not known here whether it is among them.
    fn is_of_another_search(&self) -> bool {
        let of_search = self
            .picked
            .as_ref()
            .and_then(|picked| picked.search.as_ref());
        of_search.is_some() && of_search != searched(&self.source).as_ref()
    }

    fn is_searched(&self) -> bool {
        match &self.source {
            Source::Service { operation, .. } => !matches!(
                *operation,
                "sync.preview" | "sync.explain" | "sync.affected" | "record.list"
            ),
            Source::Fixed(_) => false,
        }
    }

    /// Reads the text to search for, and returns whether it has changed.
    async fn search(&mut self, screen: &mut Screen, view: &View) -> anyhow::Result<bool> {
        let Source::Service { body, .. } = &mut self.source else {
            return Ok(false);
        };
        let mut typed = text(body, "search").to_owned();
        let mut view = view.clone();
        loop {
            view.keys = format!("Search: {typed}▏  Enter search · Esc cancel");
            match screen.key(&view).await? {
                Some(Key::Back) => return Ok(false),
                Some(Key::Enter) => break,
                Some(Key::Backspace) => {
                    typed.pop();
                }
                Some(Key::Char(character)) if typed.len() < SEARCH_BYTES_MAX => {
                    typed.push(character);
                }
                Some(_) | None => {}
            }
        }
        if typed.is_empty() {
            if let Some(fields) = body.as_object_mut() {
                fields.remove("search");
            }
        } else {
            body["search"] = json!(typed);
        }
        Ok(true)
    }

    async fn read(
        &self,
        caller: &Caller,
        screen: &mut Screen,
        number: usize,
        size: usize,
    ) -> anyhow::Result<Page> {
        let (operation, body) = match &self.source {
            Source::Service { operation, body } => (*operation, body),
            Source::Fixed(rows) => {
                let (total, size) = (rows.len(), rows.len().max(1));
                let reply = json!({ self.list: rows });
                let table = (self.table)(&reply, &Names::default())?;
                return Ok(Page {
                    number,
                    size,
                    reply,
                    total,
                    table,
                });
            }
        };
        let wait = View::told(self.title, vec!["Loading …".to_owned()], "Ctrl-C quit");
        let mut size = size;
        let mut page = number;
        loop {
            let mut body = body.clone();
            body["page"] = json!(page);
            body["page_size"] = json!(size);
            match screen.wait(&wait, caller.ask(operation, &body)).await? {
                Ok(reply) => {
                    let total =
                        usize::try_from(self::number(&reply, "total")).unwrap_or(usize::MAX);
                    let people = names::administrators(caller, (self.people)(&reply)?);
                    let people = screen.wait(&wait, people).await??;
                    let table = (self.table)(&reply, &people)?;
                    return Ok(Page {
                        number: page,
                        size,
                        reply,
                        total,
                        table,
                    });
                }
                Err(error) => match smaller_page(&error, size) {
                    Some(fits) => (size, page) = (fits, (number - 1) * size / fits + 1),
                    None => return Err(error.into()),
                },
            }
        }
    }

    fn view(&self, columns: usize, page: &Page, cursor: usize, note: &str) -> View {
        let rows = items(&page.reply, self.list);
        let room = columns.saturating_sub(MARK).max(1);
        let shown = page.table.shown(Paint::PLAIN, Ids::Hidden, Some(room));
        let mut lines = shown.text.lines();
        let heading = lines.next().unwrap_or_default();
        let first_of_each = lines.skip(1).zip(rows).map(|(line, row)| {
            let mark = match &self.picked {
                Some(picked) if picked.has(row, self.id) => "[x] ",
                Some(_) => "[ ] ",
                None => "  ",
            };
            format!("{mark}{line}")
        });
        let indent = " ".repeat(if self.picked.is_some() { MARK } else { 2 });
        let mut state = match page.total {
            0 => "None.".to_owned(),
            total => format!("{} of {total}", cursor + 1),
        };
        if !note.is_empty() {
            // Nothing may push it off the line.
            state = format!("{state} · {note}");
        } else if let Some(picked) = &self.picked {
            state = format!("{state} · {}", picked.said());
        }
        if let Some(search) = searched(&self.source) {
            state = format!("{state} · search: {search}");
        }
        View {
            title: self.title.to_owned(),
            about: self.about.clone(),
            heading: format!("{indent}{heading}"),
            rows: first_of_each.collect(),
            cursor: (page.total > 0).then_some(cursor % page.size),
            state,
            keys: self.keys(),
        }
    }

    fn keys(&self) -> String {
        let mut keys = vec![format!("Enter {}", self.next)];
        if self.picked.is_some() {
            keys.push("Space choose".to_owned());
            keys.push("a all".to_owned());
            keys.push("n none".to_owned());
            if self.has_recent {
                keys.push("r recent".to_owned());
            }
        }
        if self.is_searched() {
            keys.push("/ search".to_owned());
        }
        let more = self.more_keys.iter();
        keys.extend(more.map(|(letter, what)| format!("{letter} {what}")));
        keys.push("Esc back".to_owned());
        keys.push("Ctrl-C quit".to_owned());
        keys.join(" · ")
    }
}

/// What is searched for.
pub(super) fn searched(source: &Source) -> Option<String> {
    match source {
        Source::Service { body, .. } => Some(text(body, "search"))
            .filter(|search| !search.is_empty())
            .map(str::to_owned),
        Source::Fixed(_) => None,
    }
}

/// Where a key moves the cursor.
fn moved(key: Key, cursor: usize, total: usize) -> usize {
    /// The number of rows on a screen.
    const LEAP: usize = 15;
    let last = total.saturating_sub(1);
    match key {
        Key::Up => cursor.saturating_sub(1),
        Key::Down => (cursor + 1).min(last),
        Key::PageUp => cursor.saturating_sub(LEAP),
        Key::PageDown => (cursor + LEAP).min(last),
        Key::Home => 0,
        Key::End => last,
        Key::Enter | Key::Back | Key::Backspace | Key::Tab | Key::Char(_) => cursor,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Base, Picked};

    #[test]
    fn a_row_is_chosen_by_the_base_or_the_other_way_round() {
        let recent = json!({ "component": "a", "preselected": true });
        let other = json!({ "component": "b", "preselected": false });
        for (base, expected) in [
            (Base::None, [false, false]),
            (Base::Recent, [true, false]),
            (Base::All, [true, true]),
        ] {
            let mut picked = Picked::new(base);
            let chosen =
                |picked: &Picked| [&recent, &other].map(|row| picked.has(row, "component"));
            assert_eq!(chosen(&picked), expected);
            picked.toggle("b");
            assert_eq!(chosen(&picked), [expected[0], !expected[1]]);
            picked.toggle("b");
            assert_eq!(chosen(&picked), expected);
        }
    }
}
