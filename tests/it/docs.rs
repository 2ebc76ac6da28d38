//! The README's transcripts are what the program prints. `WHOSE_BLESS=1` writes them anew.

use std::io::Write as _;

use crate::harness::{Sandbox, root};

#[test]
fn readme_transcripts_run() {
    let path = root().join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let fresh = replay(&readme);
    if fresh == readme {
        return;
    }
    if std::env::var_os("WHOSE_BLESS").is_some() {
        let mut file = whose::atomic::NewFile::create(&path).unwrap();
        file.write_all(fresh.as_bytes()).unwrap();
        file.commit().unwrap();
        return;
    }
    let (line, (is, should)) =
        readme.lines().zip(fresh.lines()).enumerate().find(|(_, (a, b))| a != b).unwrap_or_default();
    panic!(
        "README.md:{}: `{is}`\nbut the program prints: `{should}`\nRun `WHOSE_BLESS=1 cargo test readme`.",
        line + 1
    );
}

/// The text with every console block's output printed again by the program.
fn replay(text: &str) -> String {
    let sandbox = Sandbox::new();
    sandbox.file("questions/starter.csv", std::fs::read(root().join("questions/starter.csv")).unwrap());
    let mut out = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if line != "```console" {
            continue;
        }
        for command in
            lines.by_ref().take_while(|line| *line != "```").filter_map(|line| line.strip_prefix("$ whose "))
        {
            let output = sandbox.run(words(command));
            assert_eq!(output.code, 0, "{command}: {}", output.stderr);
            out.push_str(&format!("$ whose {command}\n{}{}", output.stdout, output.stderr));
        }
        out.push_str("```\n");
    }
    out
}

/// Splits a command line at spaces outside double quotes.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in command.chars() {
        match letter {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().unwrap().push(letter),
        }
    }
    words
}

#[test]
fn the_readme_s_commands_are_where_ci_takes_them_from() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    for marker in ["<!-- main -->\n```sh\ncargo run", "<!-- tests -->\n```sh\ncargo test"] {
        assert!(readme.contains(marker), "{marker}");
    }
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        let text = std::fs::read_to_string(root().join(name)).unwrap();
        for (at, _) in text.match_indices("](") {
            let target: String = text[at + 2..].chars().take_while(|letter| *letter != ')').collect();
            assert!(target.starts_with("http") || root().join(&target).exists(), "{name}: {target}");
        }
    }
}
