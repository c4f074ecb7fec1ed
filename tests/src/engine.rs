//! The engine as a process of its own: started, stopped politely, or killed.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::binary::command;
use crate::client::Client;
use crate::nats::NatsServer;
use crate::program;

/// How long the engine may take until it answers.
const READY_PATIENCE: Duration = Duration::from_mins(2);

/// A running `plansync serve`; killed when dropped.
pub struct Engine {
    child: Child,
}

impl Engine {
    /// Starts the engine on a data folder, and waits until it answers the service's ping.
    ///
    /// # Panics
    /// If it is not ready in time.
    pub async fn start(nats: &NatsServer, data: &Path) -> Self {
        Self::start_with(nats, data, &[]).await
    }

    /// The same, with further arguments.
    ///
    /// # Panics
    /// If it is not ready in time.
    pub async fn start_with(nats: &NatsServer, data: &Path, arguments: &[&str]) -> Self {
        Self::start_at(&nats.url(), data, arguments).await
    }

    /// The same, reaching the server by a URL that may name a user.
    ///
    /// # Panics
    /// If it is not ready in time.
    pub async fn start_at(url: &str, data: &Path, arguments: &[&str]) -> Self {
        // Held from the start, so that it ends with a test that gives up on it.
        let engine = Self {
            child: Self::spawn(url, data, arguments),
        };
        wait_until_ready(url).await;
        engine
    }

    /// Starts the process without waiting for anything.
    ///
    /// # Panics
    /// If the binary cannot be started.
    pub fn spawn(url: &str, data: &Path, arguments: &[&str]) -> Child {
        command()
            .args(["serve", "--nats-url", url, "--data"])
            .arg(data)
            .args(arguments)
            .stdin(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Holds a process that was started some other way.
    pub fn of(child: Child) -> Self {
        Self { child }
    }

    /// The number of its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the process has ended by itself, and gives its exit code.
    ///
    /// # Panics
    /// If it does not end in time.
    pub fn ended(mut self) -> Option<i32> {
        program::exit_code(&mut self.child)
    }

    /// Ends the process as a power switch would end it: without a chance to do anything.
    ///
    /// # Panics
    /// If it ended by itself before.
    pub fn kill(mut self) {
        assert_eq!(
            self.child.try_wait().unwrap(),
            None,
            "the engine had ended by itself"
        );
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks the process to end, and gives its exit code.
    ///
    /// # Panics
    /// If it cannot be asked.
    pub fn terminate(mut self) -> Option<i32> {
        self.ask_to_end();
        program::exit_code(&mut self.child)
    }

    /// Asks the process to end, and does not wait until it does.
    ///
    /// # Panics
    /// If it cannot be asked.
    pub fn ask_to_end(&self) {
        let pid = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        assert!(asked.success());
    }
}

/// Waits until an engine answers the service's ping.
///
/// # Panics
/// If none does in time.
pub async fn wait_until_ready(url: &str) {
    let client = Client::connect_to(url.to_owned(), "_INBOX").await;
    let until = Instant::now() + READY_PATIENCE;
    while !client.is_engine_ready().await {
        assert!(
            Instant::now() < until,
            "the engine is not ready after {READY_PATIENCE:?}"
        );
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
