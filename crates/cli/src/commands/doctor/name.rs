//! The names of all checks.

macro_rules! names {
    ($($name:ident = $text:literal,)*) => {
        /// What is checked.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Name {
            $($name,)*
        }

        impl Name {
            /// All of them, in the order in which programs get them.
            pub(super) const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name, which never changes.
            pub(super) const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

names! {
    Connection = "nats.connection",
    Certificates = "nats.certificates",
    Version = "nats.version",
    JetStream = "nats.jetstream",
    Limits = "nats.limits",
    Flush = "nats.sync_interval",
    Commands = "streams.commands",
    Events = "streams.events",
    Consumer = "streams.consumer",
    OtherConsumers = "streams.other_consumers",
    Waiting = "streams.waiting",
    Needed = "permissions.needed",
    Optional = "permissions.optional",
    Engine = "engine.answers",
    EngineVersion = "engine.version",
    EngineReady = "engine.ready",
    ServerClock = "clock.server",
    LogClock = "clock.log",
    Folder = "data.folder",
    Files = "data.files",
    Log = "data.log",
    Keys = "data.keys",
    Space = "data.space",
    OpenFiles = "process.open_files",
    Temporary = "process.temporary",
    Settings = "settings.files",
    Variables = "settings.variables",
}

impl Name {
    /// Those that need a connection, but the connection itself.
    pub(super) fn of_nats() -> impl Iterator<Item = Self> {
        let is_of_nats = |name: &Self| {
            let (part, _) = name.text().split_once('.').unwrap_or_default();
            ["nats", "streams", "permissions", "engine"].contains(&part)
        };
        let all = Self::ALL.iter().copied().filter(is_of_nats);
        let all = all.chain([Self::ServerClock]);
        // Only a client has permissions that it need not have.
        all.filter(|name| ![Self::Connection, Self::Optional].contains(name))
    }
}
