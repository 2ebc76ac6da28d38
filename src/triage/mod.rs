//! People settle, row by row, what the matcher is not sure of; every decision is kept as soon as it is made.
//!
//! A [`Session`] is a pure state machine: [`Session::card`] gives what is to be shown, [`Session::apply`] takes an
//! [`Action`] and tells what became of it. What changes a row comes out as an [`Entry`], which a [`Journal`] appends to a
//! file and syncs. A session resumes by reading the entries of its journal again; undoing is an entry like any other, so
//! nothing is ever erased. A session of typed questions begins empty and grows; that something was asked is an entry, too.
//! Knows no terminal and no clock: who acts, and when, is told by a [`Stamp`].

mod action;
mod alike;
mod card;
mod entry;
mod follow;
mod journal;
mod precedents;
mod session;
mod summary;
mod wire;

pub use action::{Action, Event, Line, Refusal};
pub use card::{Alike, Card, Offer};
pub use entry::{Act, Entry, Mark, RowKey, Set, Stamp};
pub use follow::{Changed, Followed};
pub use journal::{Damage, Journal, JournalError, MAX_BYTES, Past, path_beside};
pub use precedents::{Precedents, made_here};
pub use session::Session;
pub use summary::Summary;
pub use wire::{Opening, Origin};

#[cfg(test)]
mod tests;
