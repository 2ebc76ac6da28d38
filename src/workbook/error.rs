use thiserror::Error;

/// Why a workbook is not read or changed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PackageError {
    /// The file is something else.
    #[error("{0}")]
    NotAWorkbook(Foreign),
    /// The archive is damaged.
    #[error("the archive is damaged: {0}")]
    Broken(String),
    /// The archive has more entries than anybody needs.
    #[error("the archive has {found} entries; {limit} is the most that is read")]
    TooManyEntries {
        /// How many it has.
        found: usize,
        /// How many are read.
        limit: usize,
    },
    /// The archive unpacks to more than is read.
    #[error("the archive unpacks to more than {} MiB, which no questionnaire does", limit >> 20)]
    TooLarge {
        /// How many bytes are read.
        limit: u64,
    },
    /// Two entries have one name, so that readers disagree about which one counts.
    #[error("the archive holds `{0}` twice, so that it has no one content")]
    Duplicate(String),
    /// A part is named and not there.
    #[error("the workbook lacks its part `{0}`")]
    Missing(String),
    /// A part is no XML, or not as a workbook has it.
    #[error("`{part}` is damaged near byte {at}: {what}")]
    Xml {
        /// The part's name in the archive.
        part: String,
        /// Where in the part, from 0.
        at: u64,
        /// What is wrong.
        what: String,
    },
    /// A part declares a document type, by which other files and endless text could come in.
    #[error("`{0}` has a document type declaration, which no workbook needs")]
    DocumentType(String),
    /// The writer failed.
    #[error("cannot write the workbook: {0}")]
    Write(#[source] std::io::Error),
}

/// What a file is that is no workbook of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Foreign {
    /// A password is needed.
    Encrypted,
    /// Excel 97 to 2003.
    Xls,
    /// Excel's binary workbook.
    Xlsb,
    /// OpenDocument.
    OpenDocument,
    /// Word.
    Docx,
    /// PowerPoint.
    Pptx,
    /// Some other archive.
    Zip,
    /// No archive at all.
    Unknown,
}

impl std::fmt::Display for Foreign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Foreign::Encrypted => "it is protected by a password; save a copy without one",
            Foreign::Xls => "it is a workbook of Excel 97 to 2003 (.xls); save it as .xlsx",
            Foreign::Xlsb => "it is a binary workbook (.xlsb); save it as .xlsx",
            Foreign::OpenDocument => "it is an OpenDocument file (.ods or the like); save it as .xlsx",
            Foreign::Docx => "it is a Word document; save its table as .xlsx or .csv",
            Foreign::Pptx => "it is a presentation; save its table as .xlsx or .csv",
            Foreign::Zip => "it is a zip archive without a workbook in it",
            Foreign::Unknown => "it is no .xlsx workbook",
        })
    }
}
