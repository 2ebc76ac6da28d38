//! Question-bank files: the binary's, those that are named to be checked, and the user's own phrasings.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use crate::catalog::Layer;
use crate::diagnostic::{Code, Diagnostic, Problems, Severity, SourceFile};
use crate::domain::AreaId;
use crate::matching::{Bank, BankProblem, ExtraPhrasing, GENERIC, NONE, embedded_bank, folded};
use crate::suggest;

/// A phrasing of the user's own.
#[derive(Debug)]
pub(crate) struct OwnPhrasing {
    area: Option<AreaId>,
    text: String,
    /// `mine/backup-recovery.txt:3`.
    origin: String,
}

impl OwnPhrasing {
    /// As the matcher takes it.
    pub(crate) fn extra(&self) -> ExtraPhrasing<'_> {
        ExtraPhrasing { area: self.area.clone(), text: &self.text, origin: &self.origin }
    }
}

/// The phrasings beside the mappings, a later layer's over an earlier's of the same wording, and all problems in them.
/// A layer with an error gives none.
pub(crate) fn own(layers: &[Layer], areas: &[AreaId]) -> (Vec<OwnPhrasing>, Vec<Diagnostic>) {
    let (mut phrasings, mut problems) = (Vec::new(), Vec::new());
    let mut known = HashSet::new();
    let read: Vec<_> = layers.iter().map(|layer| own_of(&layer.phrasings, areas)).collect();
    for (found, told) in read.into_iter().rev() {
        phrasings.extend(found.into_iter().filter(|phrasing| known.insert(folded(&phrasing.text))));
        problems.splice(0..0, told);
    }
    (phrasings, problems)
}

fn own_of(files: &[Arc<SourceFile>], areas: &[AreaId]) -> (Vec<OwnPhrasing>, Vec<Diagnostic>) {
    let stems: Vec<String> = files.iter().map(|file| stem(file)).collect();
    let named = || stems.iter().zip(files).filter(|(stem, _)| *stem != GENERIC);
    // The user's word counts, whatever the binary's bank says of the same wording: its lines are not looked at.
    let others = areas.iter().map(|area| (area.as_str(), ""));
    let (bank, found) =
        Bank::parse(others.chain(named().map(|(stem, file)| (stem.as_str(), file.text.as_str()))));
    let mut problems = Vec::new();
    for (file, stem) in files.iter().zip(&stems) {
        let mut own = Problems::new(Arc::clone(file));
        check_name(stem, &mut own, areas);
        check_encoding(&mut own);
        if stem == GENERIC {
            let message = "phrasings that could be about any area count in training only";
            own.warning(Code::Bank, line_span(&file.text, 1), message, "this file is passed over");
        }
        for problem in found.iter().filter(|problem| problem.file == *stem) {
            let told = report_phrasing(problem, &mut own, areas);
            // The built-in bank is kept in order for its maintainers; nothing depends on it.
            if problem.message.starts_with("is out of order") {
                told.severity = Severity::Warning;
            }
        }
        problems.extend(own.into_sorted());
    }
    if problems.iter().any(|problem| problem.severity == Severity::Error) {
        return (Vec::new(), problems);
    }
    let files: BTreeMap<&str, &SourceFile> = named().map(|(stem, file)| (stem.as_str(), &**file)).collect();
    let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
    let mut phrasings = Vec::new();
    for phrasing in bank.phrasings {
        let label = bank.labels[phrasing.label].as_str();
        // Without an error every line is a phrasing.
        let line = lines.entry(label).and_modify(|line| *line += 1).or_insert(1);
        let origin = files.get(label).map(|file| format!("{}:{line}", file.path)).unwrap_or_default();
        let area = (label != NONE).then(|| AreaId::new(label));
        phrasings.push(OwnPhrasing { area, text: phrasing.text, origin });
    }
    (phrasings, problems)
}

fn stem(file: &SourceFile) -> String {
    Path::new(&file.path).file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn check_name(stem: &str, own: &mut Problems, areas: &[AreaId]) {
    if stem == NONE || stem == GENERIC || areas.iter().any(|area| area.as_str() == stem) {
        return;
    }
    let message = format!("a question-bank file for `{stem}`, which is no area");
    let first = line_span(&own.file().text, 1);
    own.error(Code::UnknownArea, first, message, "this file is named after no area").help =
        Some(match suggest::nearest(stem, areas.iter().map(AreaId::as_str)) {
            Some(near) => format!("did you mean `{near}.txt`?"),
            None => "`whose areas` lists them; `none.txt` has what is about none".into(),
        });
}

fn check_encoding(own: &mut Problems) {
    let file = own.file();
    if let Some(at) = file.broken_at {
        let end = file.text[at..].chars().next().map_or(at, |letter| at + letter.len_utf8());
        own.error(Code::Syntax, at..end, "the file is not UTF-8", "the first byte that is not").help =
            Some("save it as UTF-8".into());
    }
}

/// Problems of question-bank files, which are named after their areas.
pub(crate) fn check(files: &[Arc<SourceFile>], areas: &[AreaId]) -> Vec<Diagnostic> {
    let stems: Vec<String> = files.iter().map(|file| stem(file)).collect();
    // A file by itself may refer to any area; the others' lines come from the binary's bank.
    let missing = embedded_bank().iter().filter(|(name, _)| !stems.iter().any(|stem| stem == name)).copied();
    let named = stems.iter().zip(files).map(|(stem, file)| (stem.as_str(), file.text.as_str()));
    let (_, found) = Bank::parse(named.chain(missing));
    let mut problems = Vec::new();
    for (file, stem) in files.iter().zip(&stems) {
        let mut own = Problems::new(Arc::clone(file));
        check_name(stem, &mut own, areas);
        check_encoding(&mut own);
        for problem in found.iter().filter(|problem| problem.file == *stem) {
            report_phrasing(problem, &mut own, areas);
        }
        problems.extend(own.into_sorted());
    }
    problems
}

/// The line, or the word in it that the message quotes.
fn report_phrasing<'p>(problem: &BankProblem, own: &'p mut Problems, areas: &[AreaId]) -> &'p mut Diagnostic {
    let file = own.file();
    let line = line_span(&file.text, problem.line);
    let word = problem.message.split('`').nth(1).unwrap_or_default();
    let span = match file.text[line.clone()].rfind(word) {
        Some(at) if !word.is_empty() => line.start + at..line.start + at + word.len(),
        _ => line,
    };
    let is_area = areas.iter().any(|area| area.as_str() == word) || word.is_empty();
    let near = suggest::nearest(word, areas.iter().map(AreaId::as_str)).filter(|_| !is_area);
    let found = own.error(Code::Bank, span, format!("the phrasing {}", problem.message), "");
    found.help = near.map(|near| format!("did you mean `{near}`?"));
    found
}

fn line_span(text: &str, line: usize) -> std::ops::Range<usize> {
    let mut start = 0;
    for (index, content) in text.split_inclusive('\n').enumerate() {
        if index + 1 == line {
            return start..start + content.trim_end_matches(['\n', '\r']).len();
        }
        start += content.len();
    }
    text.len()..text.len()
}
