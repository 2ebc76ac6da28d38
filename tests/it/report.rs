//! The HTML report: what it says, that no text in it becomes anything else, and how it behaves in a browser.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};
use proptest::prelude::*;
use whose::catalog::Provider;
use whose::domain::{Place, Question};
use whose::export::{Exporter as _, HtmlExporter, Wording};
use whose::pipeline::Assigner;

use crate::harness::{CATALOG, MATCHER, Sandbox, root};

/// What a browser makes of a page, before it builds a tree.
#[derive(Debug, Default)]
struct Page {
    /// Every tag with the names of its attributes, in order.
    shape: Vec<(String, Vec<String>)>,
    /// The questions as a reader sees them.
    questions: Vec<String>,
    /// The attributes of every row.
    rows: Vec<BTreeMap<String, String>>,
    links: Vec<String>,
    /// What `#shown` says.
    shown: String,
    errors: usize,
}

impl Page {
    fn read(html: &str) -> Page {
        let mut page = Page::default();
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        let (mut in_question, mut in_shown) = (false, false);
        for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
            match token {
                Token::StartTag(tag) => {
                    let name = text(&tag.name);
                    let attributes: BTreeMap<String, String> =
                        tag.attributes.iter().map(|(key, value)| (text(key), text(value))).collect();
                    let has =
                        |key: &str, value: &str| attributes.get(key).is_some_and(|found| found == value);
                    if has("class", "q") {
                        in_question = true;
                        page.questions.push(String::new());
                    }
                    in_shown |= has("id", "shown");
                    page.links.extend(attributes.get("href").cloned());
                    page.shape.push((name, attributes.keys().cloned().collect()));
                    if attributes.contains_key("data-p") {
                        page.rows.push(attributes);
                    }
                }
                Token::EndTag(tag) => {
                    (in_question, in_shown) = (false, false);
                    page.shape.push((format!("/{}", text(&tag.name)), Vec::new()));
                }
                Token::String(found) if in_question => {
                    page.questions.last_mut().unwrap().push_str(&text(&found));
                }
                Token::String(found) if in_shown => page.shown.push_str(&text(&found)),
                Token::Error(_) => page.errors += 1,
                _ => {}
            }
        }
        page
    }

    /// The rows that a filter left.
    fn visible(&self) -> usize {
        self.rows.iter().filter(|row| !row.contains_key("hidden")).count()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn small() -> (Sandbox, String) {
    let sandbox = Sandbox::new();
    sandbox.file("small.csv", std::fs::read(root().join("tests/fixtures/small.csv")).unwrap());
    sandbox.run(["assign", "small.csv", "-p", "vercel", "-o", "report.html"]).done();
    let html = sandbox.read("report.html");
    (sandbox, html)
}

#[test]
fn a_small_report() {
    let (_, html) = small();
    let page = Page::read(&html);
    assert_eq!((page.errors, page.rows.len()), (0, 9));
    for link in &page.links {
        assert!(
            link.starts_with('#') || link == "https://vercel.com/docs/security/shared-responsibility",
            "{link}"
        );
    }
    let (before, rest) = html.split_once("<style>").unwrap();
    let (middle, script) = rest.split_once("</style>").unwrap().1.split_once("<script>").unwrap();
    let after = script.split_once("</script>").unwrap().1;
    // The hashes change with every touch of the style or the script; a unit test holds them.
    let policy = |text: &str| -> String {
        text.split("sha256-")
            .enumerate()
            .map(|(at, part)| if at == 0 { part } else { part.split_once('\'').unwrap().1 })
            .collect()
    };
    insta::assert_snapshot!(format!("{}<style>…</style>{middle}<script>…</script>{after}", policy(before)));
}

#[test]
fn the_format_follows_from_the_ending_or_the_option() {
    let (sandbox, html) = small();
    let stdout = sandbox.run(["assign", "small.csv", "-p", "vercel", "--format", "html"]).done();
    assert_eq!(stdout, html, "the same bytes come out again");
    sandbox.file("none.txt", "\n");
    let empty = Page::read(&sandbox.run(["assign", "none.txt", "-p", "vercel", "--format", "html"]).done());
    assert_eq!((empty.errors, empty.rows.len()), (0, 0));
}

/// Texts that would like to be more than text.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "<script>alert(1)</script>",
        "</td></tr></table>",
        "\" onmouseover=\"alert(1)",
        "' autofocus onfocus='x",
        "<img src=x onerror=alert(1)>",
        "</style>",
        "</title>",
        "<!--",
        "-->",
        "]]>",
        "&lt;",
        "&#60;b&#62;",
        "<",
        ">",
        "\0",
        "\u{1b}[31m",
        "\u{202e}",
        "\u{feff}",
        "\r\n",
        "\t",
        "javascript:alert(1)",
        "\u{85}",
    ])
    .prop_map(String::from);
    prop::collection::vec(prop_oneof![2 => pieces, 1 => any::<String>()], 0..6)
        .prop_map(|parts| parts.concat())
}

/// What is left of a text on the page.
fn shown(text: &str) -> String {
    let steers = |letter: &char| matches!(*letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let spaced = text.replace('\t', " ");
    spaced.chars().filter(|letter| *letter == '\n' || !(letter.is_control() || steers(letter))).collect()
}

/// A report on three questions, whose every text from elsewhere is what `say` makes of a harmless one.
fn report(say: impl Fn(&str) -> String) -> (String, Vec<String>) {
    let mut provider: Provider = CATALOG.provider("vercel").unwrap().clone();
    let in_url = |text: String| {
        text.chars()
            .filter(|letter| !letter.is_whitespace() && !shown(&letter.to_string()).is_empty())
            .collect::<String>()
    };
    provider.name = format!("P{}", say("name"));
    provider.document.title = say("title");
    provider.document.url = format!("https://a.example/{}", in_url(say("url")));
    for (at, said) in provider.responsibilities.iter_mut().enumerate() {
        said.label = format!("{}{at}", say("label"));
        said.section = say("section");
        for (_, duty) in &mut said.duties {
            *duty = format!("{}{at}", say("duty"));
        }
    }
    let asked = ["Who patches the operating system?", "Are staff screened?", "How many people work for you?"];
    let questions = asked.iter().map(|text| Question {
        id: String::new(),
        section: String::new(),
        text: (*text).into(),
        parent: String::new(),
        place: Place::line(&"q.csv".into(), 1),
    });
    let assigner = Assigner::new(&CATALOG, (&provider, &provider.models[0]), &MATCHER);
    let (mut html, mut texts) = (Vec::new(), Vec::new());
    let mut exporter =
        HtmlExporter::new(&mut html, (&provider, &provider.models[0]), CATALOG.areas(), Wording::default());
    let assigned: Vec<_> = assigner.assign_all(questions).collect();
    let (file, sheet): (Arc<str>, Arc<str>) = (say("file").into(), say("sheet").into());
    for mut assignment in assigned {
        assignment.question.id = say("id");
        assignment.question.section = say("heading");
        assignment.question.text = say("text");
        assignment.question.place.file = Arc::clone(&file);
        assignment.question.place.sheet = Some(Arc::clone(&sheet));
        assignment.reviewer = format!("R{}", say("reviewer"));
        texts.push(assignment.question.text.clone());
        exporter.write(&assignment).unwrap();
    }
    exporter.finish().unwrap();
    drop(exporter);
    (String::from_utf8(html).unwrap(), texts)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_text_becomes_an_element_or_an_attribute(text in hostile()) {
        let plain = Page::read(&report(str::to_owned).0);
        let (html, texts) = report(|_| text.clone());
        let page = Page::read(&html);
        prop_assert_eq!(&page.shape, &plain.shape);
        prop_assert_eq!(page.rows.len(), 3);
        prop_assert_eq!(page.questions, texts.iter().map(|text| shown(text)).collect::<Vec<_>>());
        for link in &page.links {
            prop_assert!(link.starts_with("https://a.example/") || link.starts_with('#'), "{}", link);
        }
        prop_assert!(!html.chars().any(|letter| letter != '\n' && shown(&letter.to_string()).is_empty()));
    }
}

/// A browser to try the report in, or nothing where there is none.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn chromium() -> Option<PathBuf> {
    let found = std::env::split_paths(&std::env::var_os("PATH")?)
        .flat_map(|dir| ["chromium", "chromium-browser", "google-chrome"].map(|name| dir.join(name)))
        .find(|path| path.is_file());
    if found.is_none() {
        println!("skipped: no chromium, chromium-browser or google-chrome in PATH");
    }
    found
}

/// Opens a page and gives the document as the browser has it in the end, with what it complained of.
fn open(chromium: &Path, page: &Path, fragment: &str) -> (String, String) {
    let profile = tempfile::tempdir().unwrap();
    let mut command = Command::new(chromium);
    command.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--enable-logging=stderr",
        "--virtual-time-budget=3000",
        "--dump-dom",
    ]);
    command.arg(format!("--user-data-dir={}", profile.path().display()));
    command.arg(format!("file://{}{fragment}", page.display()));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut stdout, mut stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let complaints = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stderr.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let started = Instant::now();
    let document = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stdout.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    });
    while !document.is_finished() && started.elapsed() < Duration::from_secs(90) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let late = !document.is_finished();
    if late {
        let _ = child.kill();
    }
    let _ = child.wait();
    assert!(!late, "the browser did not come to an end");
    (document.join().unwrap(), complaints.join().unwrap())
}

#[test]
fn the_browser_filters_and_searches_and_complains_of_nothing() {
    let Some(chromium) = chromium() else { return };
    let (sandbox, html) = small();
    let page = sandbox.path("report.html");
    let all = Page::read(&html);
    let with = |key: &str, value: &str| all.rows.iter().filter(|row| row[key] == value).count();
    let shared = with("data-p", "shared");
    let review = with("data-s", "review");
    let about = all
        .rows
        .iter()
        .filter(|row| row["data-a"].split(' ').any(|area| area == "secrets-management"))
        .count();
    assert!(shared > 0 && review > 0 && about == 1, "{shared} {review} {about}");
    let cases = [
        ("", 9, "9 questions".to_string()),
        ("#q1", 9, "9 questions".into()),
        ("#party=shared", shared, format!("{shared} of 9 questions: party shared")),
        ("#status=review", review, format!("{review} of 9 questions: status review")),
        ("#area=secrets-management", 1, "1 of 9 questions: area Secrets management".into()),
        (
            "#area=none",
            with("data-a", "none"),
            format!("{} of 9 questions: area no area", with("data-a", "none")),
        ),
        ("#section=Data", 2, "2 of 9 questions: section Data".into()),
        ("#q=API+K%C3%89YS", 1, "1 of 9 questions: text “API KÉYS”".into()),
        ("#q=firewall&section=Data", 0, "0 of 9 questions: text “firewall”, section Data".into()),
        ("#party=nobody", 9, "9 questions".into()),
    ];
    for (fragment, visible, shown) in cases {
        let (document, complaints) = open(&chromium, &page, fragment);
        let after = Page::read(&document);
        assert_eq!(after.rows.len(), 9, "{fragment}: {complaints}");
        assert_eq!(after.visible(), visible, "{fragment}");
        assert_eq!(after.shown, shown);
        assert!(!complaints.contains("CONSOLE"), "{fragment}: {complaints}");
    }
}

#[test]
fn hostile_cells_run_nothing_and_reach_nobody() {
    let Some(chromium) = chromium() else { return };
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let reached = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&reached);
    std::thread::spawn(move || {
        for _connection in server.incoming() {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    let evil = format!(
        "<img src=http://127.0.0.1:{port}/i><script>document.title='run';fetch('http://127.0.0.1:{port}/f')</script>"
    );
    let sandbox = Sandbox::new();
    sandbox.file("evil.html", format!("<!DOCTYPE html><title>t</title>{evil}"));
    let (document, _) = open(&chromium, &sandbox.path("evil.html"), "");
    assert!(document.contains("<title>run</title>"), "the text is dangerous where it is not escaped");
    assert!(reached.swap(0, Ordering::SeqCst) > 0, "and is heard of");
    let cell = format!("\"{}\"", evil.replace('"', "\"\""));
    sandbox.file(
        "q.csv",
        format!("id,section,question\n{cell},{cell},Who patches the OS? {cell}\n1,{cell},{cell}\n"),
    );
    sandbox.run(["assign", "q.csv", "-p", "render", "-o", "report.html"]).done();
    let (document, complaints) = open(&chromium, &sandbox.path("report.html"), "#q=img");
    assert!(document.contains("<title>Whose job: Render</title>"), "{complaints}");
    let page = Page::read(&document);
    assert_eq!((page.rows.len(), page.visible()), (2, 2));
    assert!(!page.shape.iter().any(|(tag, _)| tag == "img"));
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}
