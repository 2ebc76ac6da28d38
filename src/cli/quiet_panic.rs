//! Keeps a caught panic from the screen.
//!
//! The library catches panics of the crates that take damaged workbooks apart and tells them as errors; what a panic
//! prints before that would only alarm. A panic that nobody catches is told all the same.

use std::cell::{Cell, RefCell};
use std::io::Write as _;
use std::panic;
use std::thread;

thread_local! {
    static LOADING: Cell<bool> = const { Cell::new(false) };
    /// What the last panic while loading would have printed.
    static WITHHELD: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Makes [`while_loading`] work; once, at the start.
pub(crate) fn install() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if LOADING.get() {
            WITHHELD.set(Some(info.to_string()));
        } else {
            usual(info);
        }
    }));
}

/// Does something during which panics are caught.
pub(crate) fn while_loading<T>(load: impl FnOnce() -> T) -> T {
    let _ends = Ends;
    LOADING.set(true);
    load()
}

struct Ends;

impl Drop for Ends {
    fn drop(&mut self) {
        LOADING.set(false);
        let withheld = WITHHELD.take();
        if thread::panicking()
            && let Some(message) = withheld
        {
            // Nobody caught it, and nothing is left to do where stderr is gone.
            let _ = writeln!(std::io::stderr(), "{message}");
        }
    }
}
