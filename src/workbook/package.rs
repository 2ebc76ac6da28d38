use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use quick_xml::events::Event;

use crate::safe_text::one_line;

use super::archive::Archive;
use super::error::{Foreign, PackageError};
use super::limits::Limits;
use super::xml::{Xml, attribute, local, prefixed_attribute};

/// The longest formula that Excel takes, in characters; a name's is no longer.
pub(super) const LONGEST_FORMULA: usize = 8_192 * 4;

/// A workbook as it lies in its archive.
#[derive(Clone, Debug)]
pub struct Package {
    pub(super) archive: Archive,
    /// The workbook's main part.
    pub(super) workbook: String,
    sheets: Vec<SheetRef>,
    pub(super) names: Vec<DefinedName>,
}

/// A worksheet, as the workbook lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRef {
    /// Its name as people see it. From a stranger: not fit for a terminal as it is.
    pub name: String,
    /// The part that holds it.
    pub part: String,
    /// Whether people see it.
    pub visibility: Visibility,
    /// Its place among all the workbook's sheets, charts among them, from 0.
    pub(super) index: usize,
}

/// Whether people see a sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Visibility {
    /// It has a tab.
    #[default]
    Visible,
    /// It can be unhidden from the menu.
    Hidden,
    /// Only code can unhide it.
    VeryHidden,
}

/// A name that stands for a range, in the whole workbook or on one sheet.
#[derive(Clone, Debug)]
pub(super) struct DefinedName {
    pub(super) name: String,
    /// The sheet it holds on, by its place.
    pub(super) sheet: Option<usize>,
    pub(super) formula: String,
}

impl Package {
    /// Opens a workbook.
    ///
    /// # Errors
    /// It is something else (and what), damaged, or beyond a limit.
    pub fn open(bytes: impl Into<Arc<[u8]>>, limits: Limits) -> Result<Package, PackageError> {
        let archive = Archive::open(bytes, limits)?;
        let workbook = main_part(&archive)?;
        let mut package = Package { archive, workbook, sheets: Vec::new(), names: Vec::new() };
        package.read_workbook()?;
        Ok(package)
    }

    /// The worksheets in the order of their tabs; charts and macro sheets, which have no cells of ours, left out.
    pub fn sheets(&self) -> &[SheetRef] {
        &self.sheets
    }

    /// The worksheet of this name; sheets' names ignore case.
    pub fn sheet(&self, name: &str) -> Option<&SheetRef> {
        let exact = self.sheets.iter().find(|sheet| sheet.name == name);
        exact.or_else(|| {
            let name = name.to_lowercase();
            self.sheets.iter().find(|sheet| sheet.name.to_lowercase() == name)
        })
    }

    /// The archive, for parts that are no sheets.
    pub fn archive(&self) -> &Archive {
        &self.archive
    }

    fn read_workbook(&mut self) -> Result<(), PackageError> {
        let relations = relations(&self.archive, &self.workbook)?;
        let text = self.archive.read_text(&self.workbook)?;
        let limits = *self.archive.limits();
        let mut xml = Xml::new(&text, &self.workbook, limits.depth);
        let (mut index, mut names) = (0, Vec::new());
        let (mut sheets, mut parts) = (Vec::new(), BTreeSet::new());
        while let Some(token) = xml.next()? {
            let Some((element, open)) = token.opens() else { continue };
            match local(element) {
                "sheet" if token.depth == 2 && sheets.len() < limits.ranges => {
                    let relation = prefixed_attribute(element, "id").and_then(|id| relations.get(&*id));
                    // A part is one sheet; where it is named a thousand times, the first counts.
                    let new = |part: &String| !parts.contains(part);
                    let relation =
                        relation.filter(|relation| relation.is("worksheet") && new(&relation.part));
                    if let Some(relation) = relation {
                        parts.insert(relation.part.clone());
                        sheets.push(SheetRef {
                            name: attribute(element, "name").unwrap_or_default().into_owned(),
                            part: relation.part.clone(),
                            visibility: match attribute(element, "state").as_deref() {
                                Some("hidden") => Visibility::Hidden,
                                Some("veryHidden") => Visibility::VeryHidden,
                                _ => Visibility::Visible,
                            },
                            index,
                        });
                    }
                    index += 1;
                }
                "definedName" if open && names.len() < limits.ranges => {
                    let name = attribute(element, "name").unwrap_or_default().into_owned();
                    let sheet = attribute(element, "localSheetId").and_then(|id| id.trim().parse().ok());
                    let formula = xml.text(LONGEST_FORMULA)?;
                    names.push(DefinedName { name, sheet, formula });
                }
                _ => {}
            }
        }
        self.sheets = sheets;
        self.names = names;
        Ok(())
    }
}

/// What a part refers to.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    kind: String,
    /// The part's name, without `/` in front.
    pub(super) part: String,
}

impl Relation {
    /// Whether it leads to this kind of part. The strict and the transitional schema differ in what is before it.
    pub(super) fn is(&self, kind: &str) -> bool {
        self.kind.rsplit('/').next() == Some(kind)
    }
}

/// A part's relations by their ids; none where it has no such file. Targets outside the package are left out.
pub(super) fn relations(archive: &Archive, part: &str) -> Result<BTreeMap<String, Relation>, PackageError> {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let slash = if folder.is_empty() { "" } else { "/" };
    let name = format!("{folder}{slash}_rels/{file}.rels");
    let mut relations = BTreeMap::new();
    if !archive.has(&name) {
        return Ok(relations);
    }
    let text = archive.read_text(&name)?;
    let mut xml = Xml::new(&text, &name, archive.limits().depth);
    while let Some(token) = xml.next()? {
        let (Event::Start(element) | Event::Empty(element)) = &token.event else { continue };
        if local(element) != "Relationship" || attribute(element, "TargetMode").as_deref() == Some("External")
        {
            continue;
        }
        if let (Some(id), Some(kind), Some(target)) =
            (attribute(element, "Id"), attribute(element, "Type"), attribute(element, "Target"))
            && relations.len() < archive.limits().ranges
        {
            let part = resolved(folder, &target);
            relations.entry(id.into_owned()).or_insert(Relation { kind: kind.into_owned(), part });
        }
    }
    Ok(relations)
}

/// A target beside the folder of the part that names it, or from the root where it begins with `/`.
fn resolved(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut steps: Vec<&str> = if target.starts_with('/') {
        Vec::new()
    } else {
        folder.split('/').filter(|step| !step.is_empty()).collect()
    };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}

fn main_part(archive: &Archive) -> Result<String, PackageError> {
    let found = relations(archive, "")?.into_values().find(|relation| relation.is("officeDocument"));
    let part = found.map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.part);
    let folder = part.split('/').next().unwrap_or_default();
    let foreign = if archive.has("mimetype") && archive.has("content.xml") {
        Some(Foreign::OpenDocument)
    } else if folder.eq_ignore_ascii_case("word") || archive.has("word/document.xml") {
        Some(Foreign::Docx)
    } else if folder.eq_ignore_ascii_case("ppt") || archive.has("ppt/presentation.xml") {
        Some(Foreign::Pptx)
    } else if part.to_ascii_lowercase().ends_with(".bin") || archive.has("xl/workbook.bin") {
        Some(Foreign::Xlsb)
    } else if !archive.has(&part) && part == "xl/workbook.xml" {
        Some(Foreign::Zip)
    } else {
        None
    };
    match foreign {
        Some(foreign) => Err(PackageError::NotAWorkbook(foreign)),
        None if archive.has(&part) => Ok(part),
        None => Err(PackageError::Missing(one_line(&part))),
    }
}

#[cfg(test)]
mod tests {
    use super::resolved;

    #[test]
    fn targets_are_relative_or_from_the_root_and_never_leave() {
        assert_eq!(resolved("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolved("xl", "/xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolved("xl/worksheets", "../tables/table1.xml"), "xl/tables/table1.xml");
        assert_eq!(resolved("", "../../../etc/passwd"), "etc/passwd");
        assert_eq!(resolved("xl", ".\\worksheets\\sheet1.xml"), "xl/worksheets/sheet1.xml");
    }
}
