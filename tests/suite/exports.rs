//! `plansync audit export` and `plansync audit sql`: the same rows from each source in each format, and exactly what the
//! engine answers.

mod dossier;
mod erasure;
mod filters;
mod places;
mod queries;
mod rows;
mod same;
mod tables;
mod true_rows;
mod unfinished;
mod world;
