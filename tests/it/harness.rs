//! Runs the binary as a user would, in an environment that is the same everywhere.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use whose::catalog::{Catalog, Layer};
use whose::evaluation::name_of;
use whose::matching::{Matcher, Query, Ranking};
use whose::pipeline;

/// The binary under test.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_whose");

/// What a run left behind.
#[must_use = "look at the output or at the exit code"]
pub(crate) struct Output {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

impl Output {
    /// The run must have ended with 0; gives its stdout.
    #[track_caller]
    pub(crate) fn done(self) -> String {
        assert_eq!(self.code, 0, "stderr: {}", self.stderr);
        self.stdout
    }

    /// The run must have failed or been used wrongly; gives its stderr.
    #[track_caller]
    pub(crate) fn failed(self) -> String {
        assert_eq!(self.code, 2, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self.stderr
    }

    /// Both streams and the code, for a snapshot.
    pub(crate) fn whole(self) -> String {
        format!("exit: {}\n--- stdout\n{}--- stderr\n{}", self.code, self.stdout, self.stderr)
    }
}

/// A directory of its own, in which the binary runs.
pub(crate) struct Sandbox {
    dir: tempfile::TempDir,
}

impl Sandbox {
    pub(crate) fn new() -> Sandbox {
        Sandbox { dir: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file and gives its name back.
    pub(crate) fn file<'n>(&self, name: &'n str, content: impl AsRef<[u8]>) -> &'n str {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::File::create(path).unwrap().write_all(content.as_ref()).unwrap();
        name
    }

    pub(crate) fn read(&self, name: &str) -> String {
        String::from_utf8(std::fs::read(self.path(name)).unwrap()).unwrap()
    }

    /// The binary with nothing of the user's environment: no home, no configuration, no colour.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(BINARY);
        command.current_dir(self.dir.path()).env_clear();
        command
            .env("HOME", self.path("home"))
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("COLUMNS", "100");
        command
    }

    pub(crate) fn run<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Output {
        self.run_with(args, b"")
    }

    /// Runs with something on stdin.
    pub(crate) fn run_with<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
        stdin: &[u8],
    ) -> Output {
        let mut command = self.command();
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // The program may end without reading all of it.
        let _ = child.stdin.take().unwrap().write_all(stdin);
        let output = child.wait_with_output().unwrap();
        Output {
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            code: output.status.code().expect("ended by a signal"),
        }
    }
}

/// A run that needs no files of its own.
pub(crate) fn whose(args: &str) -> Output {
    Sandbox::new().run(args.split_whitespace())
}

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What the program knows without any file of the user's.
pub(crate) static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::load(&[Layer::embedded()]).0);

/// The matcher that goes with it.
pub(crate) static MATCHER: LazyLock<Matcher> = LazyLock::new(|| pipeline::matcher(&CATALOG));

/// A question by itself.
pub(crate) fn rank(question: &str) -> Ranking {
    MATCHER.rank(&Query { question, ..Query::default() })
}

/// The area that a ranking settles on, by name.
pub(crate) fn best(ranking: &Ranking) -> &str {
    name_of(ranking.best().area.as_ref())
}
