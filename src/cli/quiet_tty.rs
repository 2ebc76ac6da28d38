//! A terminal that neither echoes nor acts on keys by itself while prompts take turns with work.
//!
//! A prompt reads key by key and hands the terminal back after each; what arrives in between, as most of a paste does,
//! would be echoed by the terminal a second time, and a Ctrl-C would be lost.

#[cfg(unix)]
pub(crate) use unix::QuietTty;

#[cfg(not(unix))]
pub(crate) use other::QuietTty;

#[cfg(unix)]
mod unix {
    use std::io;

    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

    /// Restores the terminal when dropped.
    pub(crate) struct QuietTty {
        before: Option<Termios>,
    }

    impl QuietTty {
        pub(crate) fn new() -> QuietTty {
            let before = tcgetattr(io::stdin()).ok();
            if let Some(mut quiet) = before.clone() {
                quiet.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
                // Where it cannot be had, everything works but looks worse.
                let _ = tcsetattr(io::stdin(), OptionalActions::Now, &quiet);
            }
            QuietTty { before }
        }
    }

    impl Drop for QuietTty {
        fn drop(&mut self) {
            if let Some(before) = &self.before {
                // Nobody can be told, and a shell restores its terminal as well.
                let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
            }
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
