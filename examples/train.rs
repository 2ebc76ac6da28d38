//! Trains the matcher on the embedded bank: `cargo run --release --example train [-- OUT [key=value…]]`.
//!
//! `every=4` takes every fourth phrasing, to see what the size of the bank gives; the other keys are the
//! recipe's.

use std::io::Write;

use whose::matching::{Bank, Recipe, artifact_of, embedded_bank};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = "questions/model.bin".to_owned();
    let mut recipe = Recipe::DEFAULT;
    let mut every = 1;
    for argument in std::env::args().skip(1) {
        let Some((key, value)) = argument.split_once('=') else {
            out = argument;
            continue;
        };
        match key {
            "every" => every = value.parse()?,
            "ballast" => recipe.ballast = value.parse()?,
            "pair" => recipe.pair = value.parse()?,
            "letters" => recipe.letters = value.parse()?,
            "decay" => recipe.decay = value.parse()?,
            "further" => recipe.further = value.parse()?,
            "focus" => recipe.focus = value.parse()?,
            "frames" => recipe.frames = value.parse()?,
            "framed" => recipe.framed = value.parse()?,
            "passes" => recipe.passes = value.parse()?,
            "rate" => recipe.rate = value.parse()?,
            _ => return Err(format!("no setting `{key}`").into()),
        }
    }
    let (mut bank, problems) = Bank::parse(embedded_bank().iter().copied());
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
