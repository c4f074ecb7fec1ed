//! The program on a terminal: a pseudo terminal of a size, what stands on its screen, and keys.

use std::io::{Read as _, Write as _};
use std::num::NonZeroU16;
use std::process::Child;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, Pty};

use crate::binary::plansync;

/// How long something that must appear is waited for.
const PATIENCE: Duration = Duration::from_mins(2);
/// Lines that have left the screen at its top are kept, up to so many.
const SCROLLBACK_LINES: usize = 200;

/// Keys as a terminal sends them.
pub mod keys {
    /// One line down.
    pub const DOWN: &str = "\u{1b}[B";
    /// Back.
    pub const ESC: &str = "\u{1b}";
    /// On.
    pub const ENTER: &str = "\r";
    /// Ctrl-C.
    pub const CTRL_C: &str = "\u{3}";
    /// Ctrl-D, the end of the input.
    pub const CTRL_D: &str = "\u{4}";
}

struct Seen {
    parser: vt100::Parser,
    is_over: bool,
    raw: Vec<u8>,
}

/// A program on a terminal of its own; killed when dropped.
pub struct Terminal {
    pty: Arc<Pty>,
    child: Child,
    seen: Arc<(Mutex<Seen>, Condvar)>,
}

impl Terminal {
    /// Starts the program on a terminal of so many lines and columns, with further variables.
    ///
    /// # Panics
    /// If it cannot be started.
    pub fn start(lines: u16, columns: u16, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let (pty, pts) = pty_process::blocking::open().unwrap();
        pty.resize(Size::new(lines, columns)).unwrap();
        let mut command = Command::new(plansync())
            .args(arguments)
            .env("PLANSYNC_CONFIG", "/dev/null")
            .env("TERM", "xterm-256color");
        for (name, value) in variables {
            command = command.env(name, value);
        }
        let child = command.spawn(pts).unwrap();
        let size = (lines.max(24), columns.max(80));
        let parser = vt100::Parser::new(some(size.0), some(size.1), SCROLLBACK_LINES);
        let seen = Seen {
            parser,
            is_over: false,
            raw: Vec::new(),
        };
        let seen = Arc::new((Mutex::new(seen), Condvar::new()));
        let pty = Arc::new(pty);
        std::thread::spawn({
            let (pty, seen) = (Arc::clone(&pty), Arc::clone(&seen));
            move || watch(&pty, &seen)
        });
        Self { pty, child, seen }
    }

    /// Types this.
    ///
    /// # Panics
    /// If the terminal does not take it.
    pub fn types(&self, keys: &str) {
        (&*self.pty).write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until the screen shows this, and gives the screen.
    ///
    /// # Panics
    /// If it does not, in time.
    #[track_caller]
    pub fn shows(&self, text: &str) -> String {
        self.until(&format!("shows {text:?}"), |seen| {
            seen.parser.screen().contents().contains(text)
        })
    }

    #[track_caller]
    fn until(&self, what: &str, is_so: impl Fn(&Seen) -> bool) -> String {
        let (seen, changed) = &*self.seen;
        let mut seen = seen.lock().unwrap();
        let end = Instant::now() + PATIENCE;
        loop {
            let screen = seen.parser.screen().contents();
            if is_so(&seen) {
                return screen;
            }
            let left = end.saturating_duration_since(Instant::now());
            assert!(!seen.is_over && !left.is_zero(), "never {what}:\n{screen}");
            seen = changed.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Changes its size, and waits until the program has drawn on the last line of it. A key that is typed before may
    /// wait for the next one: crossterm can overlook it beside the signal.
    ///
    /// # Panics
    /// If it cannot be changed, or the program does not draw in time.
    pub fn resize(&self, lines: u16, columns: u16) {
        let mut seen = self.seen.0.lock().unwrap();
        seen.parser
            .screen_mut()
            .set_size(some(lines), some(columns));
        drop(seen);
        self.pty.resize(Size::new(lines, columns)).unwrap();
        self.until("fills the new size", |seen| {
            let (lines, columns) = seen.parser.screen().size();
            let last = seen
                .parser
                .screen()
                .rows(0, columns.get())
                .nth(usize::from(lines.get()) - 1);
            last.is_some_and(|line| !line.trim().is_empty())
        });
    }

    /// Waits until the program has ended: its exit code, and what stands on the screen then.
    ///
    /// # Panics
    /// If it does not end in time.
    pub fn ended(&mut self) -> (Option<i32>, String) {
        let end = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            let screen = self.screen();
            assert!(Instant::now() < end, "it does not end:\n{screen}");
            std::thread::sleep(Duration::from_millis(10));
        };
        let (seen, changed) = &*self.seen;
        let mut seen = seen.lock().unwrap();
        while !seen.is_over {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "its terminal does not end");
            seen = changed.wait_timeout(seen, left).unwrap().0;
        }
        (status.code(), seen.parser.screen().contents())
    }

    /// What stands on the screen now.
    ///
    /// # Panics
    /// If the thread that reads the terminal has.
    pub fn screen(&self) -> String {
        self.seen.0.lock().unwrap().parser.screen().contents()
    }

    /// All that was written so far, with every escape.
    ///
    /// # Panics
    /// If the thread that reads the terminal has.
    pub fn raw(&self) -> String {
        String::from_utf8_lossy(&self.seen.0.lock().unwrap().raw).into_owned()
    }
}

/// A size that a screen can have.
fn some(size: u16) -> NonZeroU16 {
    NonZeroU16::new(size).unwrap_or(NonZeroU16::MIN)
}

fn watch(pty: &Pty, (seen, changed): &(Mutex<Seen>, Condvar)) {
    let mut pty = pty;
    let mut bytes = [0; 4096];
    // The end of a terminal whose programs are gone reads as an error on Linux.
    while let Ok(count @ 1..) = pty.read(&mut bytes) {
        let mut seen = seen.lock().unwrap();
        seen.parser.process(&bytes[..count]);
        seen.raw.extend_from_slice(&bytes[..count]);
        changed.notify_all();
    }
    seen.lock().unwrap().is_over = true;
    changed.notify_all();
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
