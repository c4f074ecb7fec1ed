//! Asks a yes-or-no question on the terminal.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};

use tokio::sync::oneshot;

use crate::output::Output;
use crate::signals::Signals;
use crate::terminal;

/// No answer is longer.
const ANSWER_BYTES_MAX: u64 = 4096;

/// Whether a user can see the question and answer it.
pub(crate) fn can_be_asked(output: Output) -> bool {
    output.is_for_people() && io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Whether the answer is yes. The end of the input, and being asked to end (Ctrl-C), are no.
pub(crate) async fn is_answered_yes(question: &str) -> io::Result<bool> {
    let mut signals = Signals::listen()?;
    let mut out = io::stdout();
    write!(out, "{} [y/N] ", terminal::line(question))?;
    out.flush()?;
    let answered = tokio::select! {
        line = answer()? => line?,
        () = signals.asked_to_end() => None,
    };
    let Some(answer) = answered else {
        // The line of the question is not ended by an answer.
        writeln!(out)?;
        return Ok(false);
    };
    let answer = answer.trim().to_lowercase();
    Ok(answer == "y" || answer == "yes")
}

/// The next line of the input, read on a thread of its own, which may be left waiting; none at the end
/// of the input.
fn answer() -> io::Result<impl Future<Output = io::Result<Option<String>>>> {
    let (tell, told) = oneshot::channel();
    std::thread::Builder::new()
        .name("answer".to_owned())
        .spawn(move || {
            let mut bytes = Vec::new();
            let mut input = io::stdin().lock().take(ANSWER_BYTES_MAX);
            let read = input.read_until(b'\n', &mut bytes);
            let line = read.map(|count| (count > 0).then(|| text(&bytes)));
            // Nobody waits any more once the question is moot.
            let _ = tell.send(line);
        })?;
    Ok(async { told.await.unwrap_or(Ok(None)) })
}

/// Bytes that are no text are no yes either.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
