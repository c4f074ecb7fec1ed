//! The terminal while the wizard uses it: reads keys, draws views, and restores the terminal at the end.

use std::collections::VecDeque;
use std::io::{self, Stdout};
use std::time::Duration;

use crossterm::event::{Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use futures_util::StreamExt as _;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

use super::view::View;
use crate::signals::Signals;

/// What a terminal has that does not know its size.
const SIZE_UNKNOWN: Rect = Rect::new(0, 0, 80, 24);
/// The time after which a message says that the wizard is waiting.
const SHOWN_AFTER: Duration = Duration::from_millis(200);
/// The number of keys that are kept if they are pressed while the wizard waits.
const TYPED_AHEAD_MAX: usize = 64;

/// The user quit, by Ctrl-C, by closing the terminal, or by a signal.
#[derive(Debug, thiserror::Error)]
#[error("the wizard was quit; nothing was changed")]
pub(super) struct Quit;

/// A key, as far as the wizard knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
    Enter,
    /// Esc: a step back.
    Back,
    Backspace,
    Tab,
    Char(char),
}

/// The terminal; given back when dropped.
pub(super) struct Screen {
    terminal: Terminal<CrosstermBackend<Stdout>>,
    events: EventStream,
    signals: Signals,
    typed: VecDeque<Key>,
}

impl Screen {
    /// Takes the terminal.
    pub(super) fn open() -> anyhow::Result<Self> {
        let signals = Signals::listen()?;
        enable_raw_mode()?;
        let opened = Self::open_raw(signals);
        if opened.is_err() {
            give_back();
        }
        opened
    }

    fn open_raw(signals: Signals) -> anyhow::Result<Self> {
        crossterm::execute!(io::stdout(), EnterAlternateScreen)?;
        let backend = CrosstermBackend::new(io::stdout());
        let viewport = match crossterm::terminal::size() {
            Ok((columns, lines)) if columns > 0 && lines > 0 => Viewport::Fullscreen,
            Ok(_) | Err(_) => Viewport::Fixed(SIZE_UNKNOWN),
        };
        Ok(Self {
            terminal: Terminal::with_options(backend, TerminalOptions { viewport })?,
            events: EventStream::new(),
            signals,
            typed: VecDeque::new(),
        })
    }

    /// The columns of the terminal.
    pub(super) fn columns(&mut self) -> usize {
        let area = self.terminal.get_frame().area();
        usize::from(area.width)
    }

    /// Shows it.
    pub(super) fn show(&mut self, view: &View) -> anyhow::Result<()> {
        self.terminal.draw(|frame| view.draw(frame))?;
        Ok(())
    }

    /// Shows it, and waits for a key; `None` if the size of the terminal has changed.
    pub(super) async fn key(&mut self, view: &View) -> anyhow::Result<Option<Key>> {
        self.show(view)?;
        if let Some(key) = self.typed.pop_front() {
            return Ok(Some(key));
        }
        loop {
            match self.event().await? {
                Some(Event::Resize(_, _)) => {
                    self.terminal.autoresize()?;
                    return Ok(None);
                }
                Some(event) => {
                    if let Some(key) = key_of(&event)? {
                        return Ok(Some(key));
                    }
                }
                None => {}
            }
        }
    }

    /// Waits for something; this is shown if it takes long, so that nothing flickers. Whoever does not want
    /// to wait may leave.
    pub(super) async fn wait<T>(
        &mut self,
        view: &View,
        work: impl Future<Output = T>,
    ) -> anyhow::Result<T> {
        let mut work = std::pin::pin!(work);
        let mut is_shown = false;
        loop {
            let event = tokio::select! {
                done = &mut work => return Ok(done),
                () = tokio::time::sleep(SHOWN_AFTER), if !is_shown => {
                    self.show(view)?;
                    is_shown = true;
                    continue;
                }
                event = self.event() => event?,
            };
            let key = event.as_ref().map(key_of).transpose()?.flatten();
            if let Some(key) = key.filter(|_| self.typed.len() < TYPED_AHEAD_MAX) {
                self.typed.push_back(key);
            }
        }
    }

    async fn event(&mut self) -> anyhow::Result<Option<Event>> {
        tokio::select! {
            event = self.events.next() => match event {
                Some(event) => Ok(Some(event?)),
                None => Err(Quit.into()),
            },
            () = self.signals.asked_to_end() => Err(Quit.into()),
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// Errors of the terminal are ignored, because nothing can be done about them.
fn give_back() {
    let _ = crossterm::execute!(io::stdout(), LeaveAlternateScreen, crossterm::cursor::Show);
    let _ = disable_raw_mode();
}

/// The key of an event, if it is one that is known.
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "there are dozens of keys, and all others do nothing here"
)]
fn key_of(event: &Event) -> Result<Option<Key>, Quit> {
    let Event::Key(KeyEvent {
        code,
        modifiers,
        kind: KeyEventKind::Press | KeyEventKind::Repeat,
        ..
    }) = event
    else {
        return Ok(None);
    };
    if modifiers.contains(KeyModifiers::CONTROL) {
        return match code {
            KeyCode::Char('c' | 'd') => Err(Quit),
            _ => Ok(None),
        };
    }
    Ok(match code {
        KeyCode::Up => Some(Key::Up),
        KeyCode::Down => Some(Key::Down),
        KeyCode::PageUp => Some(Key::PageUp),
        KeyCode::PageDown => Some(Key::PageDown),
        KeyCode::Home => Some(Key::Home),
        KeyCode::End => Some(Key::End),
        KeyCode::Enter => Some(Key::Enter),
        KeyCode::Esc => Some(Key::Back),
        KeyCode::Backspace => Some(Key::Backspace),
        KeyCode::Tab => Some(Key::Tab),
        KeyCode::Char(character) => Some(Key::Char(*character)),
        _ => None,
    })
}
