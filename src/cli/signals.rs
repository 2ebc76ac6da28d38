//! A signal that ends the program gives the terminal back first: the screen, the cursor, and what echoes.
//!
//! A closed terminal or a `kill` must not leave a shell without an echo, nor tear what is being written. The program then
//! ends by the signal itself, so that whoever started it is told as usual.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

#[cfg(unix)]
pub(crate) use unix::{interrupts_say, watch};

/// Whether a page of our own stands on the terminal.
static ON_PAGE: AtomicBool = AtomicBool::new(false);

/// Held while something is drawn or kept.
static BUSY: Mutex<()> = Mutex::new(());

/// What is done while this is held is finished before a signal ends the program, unless it takes too long.
pub(crate) fn undisturbed() -> MutexGuard<'static, ()> {
    BUSY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells that a page of our own has been put on the terminal, or taken away.
pub(crate) fn is_on_page(is_there: bool) {
    ON_PAGE.store(is_there, Ordering::Relaxed);
}

/// Elsewhere a closed console ends the program, and is gone itself.
#[cfg(not(unix))]
pub(crate) fn watch() {}

/// Elsewhere a Ctrl-C ends the program without a word.
#[cfg(not(unix))]
pub(crate) fn interrupts_say(_: String) {}

#[cfg(unix)]
mod unix {
    use std::io::{self, Write as _};
    use std::sync::mpsc;
    use std::sync::{Mutex, Once, PoisonError, TryLockError};
    use std::thread;
    use std::time::Duration;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    use super::{BUSY, ON_PAGE, Ordering};
    use crate::cli::quiet_tty;

    /// How long is waited for what is being written, and for the terminal: one that was stopped takes nothing.
    const PATIENCE: Duration = Duration::from_secs(2);
    const PAUSE: Duration = Duration::from_millis(10);

    /// What a Ctrl-C says before it ends the program.
    static LAST_WORDS: Mutex<Option<String>> = Mutex::new(None);

    /// From now on SIGTERM and SIGHUP give the terminal back.
    pub(crate) fn watch() {
        static ONCE: Once = Once::new();
        // Where signals cannot be watched they end the program at once, and nothing that was decided is lost.
        ONCE.call_once(|| wait_for(&[SIGTERM, SIGHUP]));
    }

    /// From now on a Ctrl-C that the terminal turns into a signal says this, and ends with exit code 1.
    pub(crate) fn interrupts_say(words: String) {
        static ONCE: Once = Once::new();
        *LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner) = Some(words);
        ONCE.call_once(|| wait_for(&[SIGINT]));
    }

    fn wait_for(which: &[i32]) {
        let Ok(mut signals) = Signals::new(which) else { return };
        thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                end(signal);
            }
        });
    }

    fn end(signal: i32) {
        // Nobody gets it back: from here on nothing is drawn or kept any more.
        std::mem::forget(when_free());
        let (done, is_done) = mpsc::channel();
        thread::spawn(move || {
            give_back(signal);
            let _ = done.send(());
        });
        let _ = is_done.recv_timeout(PATIENCE);
        if signal == SIGINT {
            std::process::exit(1);
        }
        let _ = emulate_default_handler(signal);
    }

    fn when_free() -> Option<std::sync::MutexGuard<'static, ()>> {
        let pauses = PATIENCE.as_millis() / PAUSE.as_millis();
        for _ in 0..pauses {
            match BUSY.try_lock() {
                Ok(free) => return Some(free),
                Err(TryLockError::Poisoned(free)) => return Some(free.into_inner()),
                Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
            }
        }
        None
    }

    fn give_back(signal: i32) {
        let mut text = String::new();
        // In the background the terminal is somebody else's, and touching it would stop us.
        if is_in_foreground() {
            let was_quiet = quiet_tty::give_back();
            if ON_PAGE.load(Ordering::Relaxed) {
                text.push_str("\x1b[?25h\x1b[?1049l");
            } else if was_quiet {
                // Something was being asked in the last row.
                text.push_str("\x1b[?25h\r\n");
            }
        }
        if signal == SIGINT {
            let words = LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner);
            text.push_str(&format!("\n{}\n", words.as_deref().unwrap_or_default()));
        }
        // Nobody can be told where the terminal is gone.
        let mut err = io::stderr();
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
    }

    fn is_in_foreground() -> bool {
        let owner = rustix::termios::tcgetpgrp(io::stdin());
        owner.is_ok_and(|owner| owner == rustix::process::getpgrp())
    }
}
