//! The trained model as bytes: little-endian, fixed order, nothing but the model.

use super::bank::Bank;
use super::features::hash;
use super::model::{MOST_LABELS, Model, Row, Table};

/// First bytes of an artifact; the number changes with the layout.
const MAGIC: &[u8; 8] = b"WHOSE\0\0\x01";

/// What a model is made from, in one number: the bank's files and what else the trainer read.
pub(crate) fn fingerprint(bank: &Bank, others: &[&str]) -> u64 {
    let mut text = others.join("\n");
    for phrasing in &bank.phrasings {
        text.push_str(&format!("{}\t{}\t{:?}\n", bank.labels[phrasing.label], phrasing.text, phrasing.also));
    }
    hash(b'b', text.as_bytes())
}

/// Writes a model.
pub(crate) fn write(model: &Model) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.extend(model.fingerprint.to_le_bytes());
    write_lines(&mut out, &model.labels);
    model.bias.iter().for_each(|bias| out.extend(bias.to_le_bytes()));
    for number in [model.ballast, model.unknown, model.letters] {
        out.extend(number.to_le_bytes());
    }
    for table in [&model.words, &model.pairs, &model.grams] {
        write_table(&mut out, table, model.labels.len());
    }
    write_lines(&mut out, &model.vocabulary);
    out
}

fn write_lines(out: &mut Vec<u8>, lines: &[String]) {
    let text = lines.join("\n");
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.as_bytes());
}

fn write_table(out: &mut Vec<u8>, table: &Table, labels: usize) {
    let rows = table.rows();
    out.extend((rows.len() as u32).to_le_bytes());
    rows.iter().for_each(|row| out.extend(row.key.to_le_bytes()));
    rows.iter().for_each(|row| out.extend(row.weight.to_le_bytes()));
    rows.iter().for_each(|row| out.extend(row.step.to_le_bytes()));
    out.extend(rows.iter().flat_map(|row| &row.cells[..labels]).map(|cell| cell.to_le_bytes()[0]));
}

/// Reads a model; `None` where the bytes are not one.
pub(crate) fn read(bytes: &[u8]) -> Option<Model> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let fingerprint = u64::from_le_bytes(array(&mut rest)?);
    let labels = read_lines(&mut rest)?;
    if labels.len() > MOST_LABELS {
        return None;
    }
    let bias = read_floats(&mut rest, labels.len())?;
    let [ballast, unknown, letters] = read_floats(&mut rest, 3)?.try_into().ok()?;
    let words = read_table(&mut rest, labels.len())?;
    let pairs = read_table(&mut rest, labels.len())?;
    let grams = read_table(&mut rest, labels.len())?;
    let vocabulary = read_lines(&mut rest)?;
    rest.is_empty().then_some(Model {
        fingerprint,
        labels,
        bias,
        ballast,
        unknown,
        letters,
        words,
        pairs,
        grams,
        vocabulary,
    })
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(taken)
}

fn array<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    take(rest, N)?.try_into().ok()
}

fn read_lines(rest: &mut &[u8]) -> Option<Vec<String>> {
    let length = u32::from_le_bytes(array(rest)?) as usize;
    let text = std::str::from_utf8(take(rest, length)?).ok()?;
    Some(text.split('\n').map(str::to_owned).collect())
}

fn read_floats(rest: &mut &[u8], count: usize) -> Option<Vec<f32>> {
    let bytes = take(rest, count.checked_mul(4)?)?;
    Some(bytes.as_chunks::<4>().0.iter().map(|chunk| f32::from_le_bytes(*chunk)).collect())
}

fn read_table(rest: &mut &[u8], labels: usize) -> Option<Table> {
    let rows = u32::from_le_bytes(array(rest)?) as usize;
    let keys = take(rest, rows.checked_mul(8)?)?.as_chunks::<8>().0;
    let weights = read_floats(rest, rows)?;
    let steps = read_floats(rest, rows)?;
    let written = take(rest, rows.checked_mul(labels)?)?;
    let row = |index: usize| {
        let mut cells = [0; MOST_LABELS];
        let bytes = &written[index * labels..(index + 1) * labels];
        cells.iter_mut().zip(bytes).for_each(|(cell, byte)| *cell = i8::from_le_bytes([*byte]));
        Row { key: u64::from_le_bytes(keys[index]), weight: weights[index], step: steps[index], cells }
    };
    Some(Table::new((0..rows).map(row).collect()))
}
