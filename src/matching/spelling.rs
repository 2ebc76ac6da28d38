//! Misspelt words: the known word that an unknown one was probably meant to be.

/// Shortest word that is corrected: shorter ones are one slip away from too many others.
const MIN_LENGTH: usize = 4;

/// Shortest word in which two slips are forgiven.
const TWO_SLIPS: usize = 9;

/// Known words, grouped by their first letter and length.
#[derive(Debug, Default)]
pub(crate) struct Spelling {
    words: Vec<(u8, u8, u32, String)>,
}

impl Spelling {
    /// Takes the words that texts may mean.
    pub(crate) fn new(vocabulary: &[String]) -> Spelling {
        let mut words: Vec<_> = vocabulary
            .iter()
            .filter(|word| word.len() >= MIN_LENGTH && word.len() < 32 && word.is_ascii())
            .map(|word| (word.as_bytes()[0], word.len() as u8, letters(word), word.clone()))
            .collect();
        words.sort();
        Spelling { words }
    }

    /// The nearest known word, if there is one near enough. Slips are a letter too many, too few,
    /// wrong, or two swapped; the first letter is taken to be right.
    pub(crate) fn correct(&self, word: &str) -> Option<&str> {
        if word.len() < MIN_LENGTH || word.len() > 31 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
            return None;
        }
        let slips = if word.len() >= TWO_SLIPS { 2 } else { 1 };
        let (first, length, mask) = (word.as_bytes()[0], word.len() as u8, letters(word));
        let mut best: Option<(usize, &str)> = None;
        for length in length - slips as u8..=length + slips as u8 {
            let start = self.words.partition_point(|known| (known.0, known.1) < (first, length));
            for (_, _, known, text) in
                self.words[start..].iter().take_while(|known| (known.0, known.1) == (first, length))
            {
                if (known ^ mask).count_ones() as usize > 2 * slips {
                    continue;
                }
                let distance = strsim::osa_distance(word, text);
                if distance <= slips && best.is_none_or(|(nearest, _)| distance < nearest) {
                    best = Some((distance, text));
                }
            }
        }
        // A short word that differs by a replaced letter is as likely another word ("cost", "port").
        best.filter(|(_, text)| word.len() > MIN_LENGTH || letters(text) == mask).map(|(_, text)| text)
    }
}

/// The set of letters in a word.
fn letters(word: &str) -> u32 {
    word.bytes().filter(u8::is_ascii_lowercase).fold(0, |set, letter| set | 1 << (letter - b'a'))
}

#[cfg(test)]
mod tests {
    use super::Spelling;

    #[test]
    fn slips_are_forgiven_and_other_words_are_left_alone() {
        let known = ["encryption", "rest", "backup", "authentication", "port", "data", "date"];
        let spelling = Spelling::new(&known.map(str::to_owned));
        let cases = [
            ("encyption", Some("encryption")),
            ("rset", Some("rest")),
            ("bakcup", Some("backup")),
            ("authetnicaton", Some("authentication")),
            ("pork", None),
            ("dta", None),
            ("zebra", None),
        ];
        for (word, expected) in cases {
            assert_eq!(spelling.correct(word), expected, "{word}");
        }
    }
}
