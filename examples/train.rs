//! Trains the matcher on the embedded bank: `cargo run --release --example train [-- OUT [key=value…]]`.
//!
//! `every=4` takes every fourth phrasing, to see what the size of the bank gives; `bank=DIR` reads the bank's files
//! from a directory instead; the other keys are the recipe's.

use std::io::Write;

use whose::matching::{Bank, Recipe, artifact_of, embedded_bank};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = "questions/model.bin".to_owned();
    let mut recipe = Recipe::DEFAULT;
    let mut every = 1;
    let mut folder = None;
    for argument in std::env::args().skip(1) {
        let Some((key, value)) = argument.split_once('=') else {
            out = argument;
            continue;
        };
        match key {
            "every" => every = value.parse()?,
            "bank" => folder = Some(value.to_owned()),
            "ballast" => recipe.ballast = value.parse()?,
            "pair" => recipe.pair = value.parse()?,
            "letters" => recipe.letters = value.parse()?,
            "decay" => recipe.decay = value.parse()?,
            "focus" => recipe.focus = value.parse()?,
            "frames" => recipe.frames = value.parse()?,
            "framed" => recipe.framed = value.parse()?,
            "generic" => recipe.generic = value.parse()?,
            "lean" => recipe.lean = value.parse()?,
            "short" => recipe.short = value.parse()?,
            "usual" => recipe.usual = value.parse()?,
            "passes" => recipe.passes = value.parse()?,
            "rate" => recipe.rate = value.parse()?,
            _ => return Err(format!("no setting `{key}`").into()),
        }
    }
    let files = folder.as_deref().map(read_files).transpose()?;
    let (mut bank, problems) = match &files {
        Some(files) => Bank::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))),
        None => Bank::parse(embedded_bank().iter().copied()),
    };
    if let Some(problem) = problems.first() {
        return Err(problem.to_string().into());
    }
    let mut index = 0;
    bank.phrasings.retain(|_| {
        index += 1;
        index % every == 0
    });
    let bytes = artifact_of(&bank, recipe);
    std::fs::File::create(&out)?.write_all(&bytes)?;
    writeln!(std::io::stderr(), "{out}: {} bytes from {} phrasings", bytes.len(), bank.phrasings.len())?;
    Ok(())
}

/// The files of a directory by their names without `.txt`.
fn read_files(folder: &str) -> std::io::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            files.push((name, std::fs::read_to_string(&path)?));
        }
    }
    Ok(files)
}
