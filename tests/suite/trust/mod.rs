//! A log one can trust: backup and restore, checks, and disks that are full, slow or broken.

mod anchors;
mod backup;
mod bad_disk;
mod check;
mod erasure;
mod erasure_commands;
mod erasure_killed;
mod full_disk;
mod keys;
mod plain_log;
mod queries;
mod sealing;
mod slow_disk;
mod undecoded;
mod verify;
mod witness;
mod world;
