//! Examples of what is asked about the engine.

use serde_json::{Value, json};

use crate::examples::examples;

examples! {
    EngineStatus: json!({}) => json!({
        "version": "1.0.0", "started_at": "2026-11-23T07:00:00.000000Z", "at": "2026-11-23T09:30:00.000000Z",
        "ready": false,
        "parts": [
            { "part": "nats", "ready": true, "failures": 0 },
            { "part": "disk", "ready": false, "failures": 1 },
        ],
        "problems": [{
            "urgency": "not_ready", "part": "disk",
            "message": "the disk refuses commits, and commands are refused; nothing that was acknowledged is lost: \
                        free up space on the disk with the data folder",
        }],
        "log": {
            "position": 900, "queued": 0, "bytes": 134_217_728, "volumes_sealed": 1, "volumes_full": 0,
            "flushes": durations(900),
        },
        "events": { "behind": 0, "behind_ms": 0 },
        "requests": {
            "done": 880, "refused": 20, "overloaded": 0, "waiting": 0, "replies_waiting": 0, "took": durations(900),
        },
        "commands": { "accepted": 3, "rejected": 1 },
        "syncs": {
            "running": 1, "waiting": 0, "completed": 4, "cancelled": 0, "learners_done": 1_000, "learners_waiting": 12,
        },
        "held": {
            "tenants": 1, "learners": 250, "plans": 250, "plans_resident": 250, "plans_fetched": 0, "open_records": 2,
        },
        "process": {
            "memory_bytes": 80_000_000, "open_files": 40, "open_files_max": 1_048_576,
            "disk_free_bytes": 0, "disk_bytes": 64_000_000_000_u64,
        },
    });
}

fn durations(count: u64) -> Value {
    json!({ "bounds_us": [1_000, 10_000], "counts": [count - 1, 1, 0], "sum_us": count * 400 })
}
