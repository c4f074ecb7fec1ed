//! The rules of learning plan synchronisation once more: a second, slow, plain reading of them,
//! which the product is held against.
//!
//! Every value is a copy, every list is walked, every question is answered from the whole history.
//! Of the product it knows the ids alone, so that no mistake of the product can become its own.
//! [`world::World`] is asked in the words of the wire and answers in them.

pub mod affected;
pub mod ask;
pub mod attribute;
pub mod change_set;
pub mod choose;
pub mod comparison;
pub mod component;
pub mod correction;
pub mod edit;
pub mod elements;
pub mod erasure;
pub mod finding;
pub mod histories;
pub mod judge;
pub mod permission;
pub mod plan;
pub mod plan_change;
pub mod read;
pub mod recent;
pub mod record;
pub mod reference;
pub mod refusal;
pub mod replay;
pub mod request;
pub mod review;
pub mod search;
pub mod summary;
pub mod sync;
pub mod value;
pub mod world;
