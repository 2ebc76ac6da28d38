//! A terminal that neither echoes nor acts on keys by itself while prompts take turns with work.
//!
//! A prompt reads key by key and hands the terminal back after each; what arrives in between, as most of a paste does,
//! would be echoed by the terminal a second time, and a Ctrl-C would be lost.

#[cfg(unix)]
pub(crate) use unix::{QuietTty, give_back};

#[cfg(not(unix))]
pub(crate) use other::QuietTty;

#[cfg(unix)]
mod unix {
    use std::io;
    use std::sync::{Mutex, PoisonError};

    use rustix::termios::{
        InputModes, LocalModes, OptionalActions, OutputModes, Termios, tcgetattr, tcsetattr,
    };

    /// The terminal as it was, while it is quiet.
    static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

    /// Makes the terminal what it was, once; tells whether it was quiet.
    pub(crate) fn give_back() -> bool {
        let before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(before) = &before {
            // Nobody can be told, and a shell restores its terminal as well.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
        }
        before.is_some()
    }

    /// Restores the terminal when dropped.
    pub(crate) struct QuietTty {
        _private: (),
    }

    impl QuietTty {
        pub(crate) fn new() -> QuietTty {
            let before = tcgetattr(io::stdin()).ok().map(sane);
            BEFORE.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&before);
            if let Some(mut quiet) = before {
                quiet.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
                // Where it cannot be had, everything works but looks worse.
                let _ = tcsetattr(io::stdin(), OptionalActions::Now, &quiet);
            }
            QuietTty { _private: () }
        }
    }

    /// A program that was killed may have left the terminal reading key by key, which no shell wants back.
    fn sane(mut found: Termios) -> Termios {
        if !found.local_modes.contains(LocalModes::ICANON) {
            found.local_modes |=
                LocalModes::ICANON | LocalModes::ECHO | LocalModes::ECHOE | LocalModes::ECHOK;
            found.local_modes |= LocalModes::ISIG | LocalModes::IEXTEN;
            found.input_modes |= InputModes::ICRNL | InputModes::IXON | InputModes::BRKINT;
            found.output_modes |= OutputModes::OPOST;
        }
        found
    }

    impl Drop for QuietTty {
        fn drop(&mut self) {
            give_back();
        }
    }
}

#[cfg(not(unix))]
mod other {
    /// Nothing to do: a console does not echo between reads.
    pub(crate) struct QuietTty;

    impl QuietTty {
        pub(crate) fn new() -> QuietTty {
            QuietTty
        }
    }
}
