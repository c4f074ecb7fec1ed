//! A log one can trust: backup and restore, checks, and disks that are full, slow or broken.

mod anchors;
mod backup;
mod bad_disk;
mod check;
mod erasure;
mod full_disk;
mod keys;
mod queries;
mod slow_disk;
mod verify;
mod witness;
mod world;
