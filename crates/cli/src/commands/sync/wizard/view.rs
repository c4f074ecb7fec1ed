//! The content of the screen at one moment: title, notes, list, and keys.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Text};
use ratatui::widgets::{List, ListState, Paragraph, Wrap};

use crate::table::width;

/// One moment of the wizard. It has no colours: what matters is bold, and the row of the cursor is
/// reversed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct View {
    pub(super) title: String,
    /// Sentences above the list.
    pub(super) about: Vec<String>,
    pub(super) heading: String,
    pub(super) rows: Vec<String>,
    pub(super) cursor: Option<usize>,
    /// How many there are, and how many are chosen.
    pub(super) state: String,
    /// Which keys do what, or what is being typed.
    pub(super) keys: String,
}

impl View {
    /// Sentences, and no list.
    pub(super) fn told(title: &str, about: Vec<String>, keys: &str) -> Self {
        Self {
            title: title.to_owned(),
            about,
            keys: keys.to_owned(),
            ..Self::default()
        }
    }

    /// Draws it over the whole frame.
    pub(super) fn draw(&self, frame: &mut Frame<'_>) {
        let area = frame.area();
        let columns = usize::from(area.width.max(1));
        let is_list = !(self.rows.is_empty() && self.heading.is_empty());
        let room = if is_list {
            area.height / 3
        } else {
            area.height.saturating_sub(4)
        };
        let about = lines_of(&self.about, columns).min(room);
        let keys = lines_of(std::slice::from_ref(&self.keys), columns);
        let parts = [
            Constraint::Length(1),
            Constraint::Length(about),
            Constraint::Length(u16::from(!self.heading.is_empty())),
            Constraint::Min(1),
            Constraint::Length(1),
            Constraint::Length(keys),
        ];
        let [title, told, heading, list, state, foot] = Layout::vertical(parts).areas(area);
        let bold = Style::new().add_modifier(Modifier::BOLD);
        let wrapped = |text: Text<'static>| Paragraph::new(text).wrap(Wrap { trim: true });
        frame.render_widget(
            Paragraph::new(Line::styled(self.title.clone(), bold)),
            title,
        );
        let sentences: Vec<_> = self.about.iter().cloned().map(Line::from).collect();
        frame.render_widget(wrapped(sentences.into()), told);
        frame.render_widget(Paragraph::new(self.heading.clone()), heading);
        let rows = self.rows.iter().map(String::as_str);
        let reversed = Style::new().add_modifier(Modifier::REVERSED);
        let rows = List::new(rows).highlight_style(reversed);
        let mut at = ListState::default().with_selected(self.cursor);
        frame.render_stateful_widget(rows, list, &mut at);
        frame.render_widget(
            Paragraph::new(Line::styled(self.state.clone(), bold)),
            state,
        );
        frame.render_widget(wrapped(self.keys.clone().into()), foot);
    }
}

/// The lines that sentences take, broken at blanks.
fn lines_of(sentences: &[String], columns: usize) -> u16 {
    let lines = sentences.iter().map(|sentence| {
        let (mut lines, mut used) = (1, 0);
        for word in sentence.split_whitespace().map(width) {
            let with_blank = used + usize::from(used > 0) + word;
            if with_blank <= columns {
                used = with_blank;
                continue;
            }
            // A word that is longer than a line continues on the next lines.
            lines += usize::from(used > 0) + word.saturating_sub(1) / columns;
            used = word - word.saturating_sub(1) / columns * columns;
        }
        lines
    });
    u16::try_from(lines.sum::<usize>()).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::lines_of;

    #[test]
    fn sentences_take_as_many_lines_as_their_words_need() {
        let cases = [
            ("", 1),
            ("ten letter", 1),
            ("ten letters", 2),
            ("a bcdefghij k", 3),
            ("abcdefghijklmno", 2),
            ("a abcdefghijklmno pqrs", 3),
            ("李雷李雷李 李", 2),
        ];
        for (sentence, lines) in cases {
            assert_eq!(lines_of(&[sentence.to_owned()], 10), lines, "{sentence}");
        }
    }
}
