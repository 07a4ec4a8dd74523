use super::context::{Book, Context};
use super::tokens::{Parsed, parse};
use crate::formats::office::biff::version::Version;
use crate::formats::office::vba::CodePage;
use crate::formats::office::xlm::text::shown;

fn context(version: Version) -> Context {
    Context {
        version,
        page: CodePage::default(),
        names: vec!["first".into(), "second".into()],
        tabs: vec!["Sheet1".into(), "My Macros".into()],
        books: vec![
            Book { is_own: true, ..Book::default() },
            Book { is_add_in: true, names: vec!["MYFUN".into()], ..Book::default() },
            Book {
                path: r"C:\d\book.xls".to_owned(),
                tabs: vec!["Far".to_owned()],
                names: vec!["far".into()],
                ..Book::default()
            },
            Book { path: "cmd\u{3}/c x".to_owned(), names: vec!["A0".into()], ..Book::default() },
        ],
        sheets: vec![(0, 0, 0), (0, 1, 1), (1, -2, -2), (2, 0, 0), (3, -2, -2), (0, -1, -1), (0, 0, 1)],
        base: (4, 2),
    }
}

fn with(version: Version, tokens: &[u8], extra: &[u8]) -> String {
    match parse(tokens, extra, &context(version)) {
        Ok(Parsed::Formula(formula)) => shown(&formula),
        Ok(other) => format!("{other:?}"),
        Err(fault) => format!("{} at {} after {}", fault.what, fault.at, fault.before),
    }
}

fn of8(tokens: &[u8]) -> String {
    with(Version::Biff8, tokens, &[])
}

#[test]
fn operators() {
    let of = |token| of8(&[0x1E, 1, 0, 0x1E, 2, 0, token]);
    let all: Vec<String> = (0x03..=0x11).map(of).collect();
    assert_eq!(
        all,
        ["1+2", "1-2", "1*2", "1/2", "1^2", "1&2", "1<2", "1<=2", "1=2", "1>=2", "1>2", "1<>2", "1 2", "1,2", "1:2"]
    );
    assert_eq!(of8(&[0x1E, 1, 0, 0x12]), "+1");
    assert_eq!(of8(&[0x1E, 1, 0, 0x13]), "-1");
    assert_eq!(of8(&[0x1E, 1, 0, 0x14]), "1%");
    assert_eq!(of8(&[0x1E, 1, 0, 0x15]), "(1)");
}

#[test]
fn constants() {
    assert_eq!(of8(&[0x17, 2, 0, b'a', b'"']), "\"a\"\"\"");
    assert_eq!(of8(&[0x17, 1, 1, 0x42, 0x30]), "\"あ\"");
    assert_eq!(with(Version::Biff5, &[0x17, 2, b'a', b'b'], &[]), "\"ab\"");
    assert_eq!(with(Version::Biff12, &[0x17, 1, 0, b'a', 0], &[]), "\"a\"");
    assert_eq!(of8(&[0x1C, 0x17]), "#REF!");
    assert_eq!(of8(&[0x1D, 1]), "TRUE");
    assert_eq!(of8(&[&[0x1F][..], &1.5f64.to_le_bytes()].concat()), "1.5");
    assert_eq!(of8(&[0x16]), "");
}

#[test]
fn functions_and_commands() {
    assert_eq!(of8(&[0x1E, 65, 0, 0x41, 111, 0]), "CHAR(65)");
    assert_eq!(of8(&[0x42, 0, 54, 0]), "HALT()");
    assert_eq!(of8(&[0x1E, 1, 0, 0x16, 0x42, 2, 0x60, 0x80]), "FORMULA(1,)");
    assert_eq!(of8(&[0x23, 1, 0, 0, 0, 0x1E, 1, 0, 0x42, 2, 255, 0]), "first(1)");
    assert_eq!(of8(&[0x39, 2, 0, 1, 0, 0, 0, 0x1E, 1, 0, 0x42, 2, 255, 0]), "MYFUN(1)");
    assert_eq!(with(Version::Biff3, &[0x1E, 1, 0, 0x38, 1, 0x60], &[]), "FORMULA(1)");
    assert_eq!(with(Version::Biff2, &[0x1E, 65, 0, 0x41, 111], &[]), "CHAR(65)");
    assert_eq!(of8(&[0x41, 0xFF, 0x7F]), "function 32767 is not known at 0 after ");
    assert_eq!(of8(&[0x42, 0, 0xFF, 0xFF]), "command 32767 is not known at 0 after ");
    assert_eq!(of8(&[0x41, 110, 0]), "EXEC without a number of arguments at 0 after ");
    assert_eq!(of8(&[0x1E, 7, 0, 0x42, 3, 110, 0]), "an argument is missing at 3 after 7");
}

#[test]
fn hints_for_calculating_are_passed_over() {
    assert_eq!(of8(&[0x19, 0x40, 0, 1, 0x1E, 1, 0, 0x19, 0x10, 0, 0]), "SUM(1)");
    // Choose: two offsets and the end's.
    assert_eq!(of8(&[0x1E, 1, 0, 0x19, 4, 2, 0, 0, 0, 0, 0, 0, 0, 0x1E, 2, 0, 0x42, 2, 100, 0]), "CHOOSE(1,2)");
    assert_eq!(of8(&[0x1D, 1, 0x19, 2, 5, 0, 0x1E, 1, 0, 0x19, 8, 3, 0, 0x42, 2, 1, 0]), "IF(TRUE,1)");
}

#[test]
fn references() {
    assert_eq!(of8(&[0x24, 4, 0, 1, 0xC0]), "B5");
    assert_eq!(of8(&[0x44, 4, 0, 1, 0x00]), "$B$5");
    assert_eq!(of8(&[0x44, 4, 0, 1, 0x80]), "$B5");
    assert_eq!(of8(&[0x25, 0, 0, 1, 0, 0, 0xC0, 2, 0xC0]), "A1:C2");
    assert_eq!(of8(&[0x25, 0, 0, 0xFF, 0xFF, 2, 0xC0, 2, 0xC0]), "C:C");
    assert_eq!(of8(&[0x25, 1, 0, 1, 0, 0, 0xC0, 0xFF, 0xC0]), "2:2");
    // From C5: two rows up, one column left.
    assert_eq!(of8(&[0x4C, 0xFE, 0xFF, 0xFF, 0xC0]), "B3");
    assert_eq!(of8(&[0x2D, 0, 0, 1, 0, 0, 0xC0, 1, 0xC0]), "C5:D6");
    assert_eq!(of8(&[0x2A, 0, 0, 0, 0]), "#REF!");
    assert_eq!(of8(&[0x2B, 0, 0, 0, 0, 0, 0, 0, 0]), "#REF!");
    assert_eq!(with(Version::Biff5, &[0x44, 4, 0xC0, 1], &[]), "B5");
    assert_eq!(with(Version::Biff5, &[0x25, 0, 0xC0, 1, 0xC0, 0, 2], &[]), "A1:C2");
    assert_eq!(with(Version::Biff12, &[0x44, 4, 0, 0, 0, 1, 0xC0], &[]), "B5");
    assert_eq!(with(Version::Biff12, &[0x25, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0xC0, 2, 0xC0], &[]), "A1:C2");
    assert_eq!(with(Version::Biff12, &[0x4C, 0xFE, 0xFF, 0x0F, 0, 0xFF, 0xFF], &[]), "B3");
}

#[test]
fn references_elsewhere() {
    assert_eq!(of8(&[0x3A, 0, 0, 0, 0, 0, 0]), "Sheet1!$A$1");
    assert_eq!(of8(&[0x3A, 1, 0, 0, 0, 0, 0]), "'My Macros'!$A$1");
    assert_eq!(of8(&[0x3B, 6, 0, 0, 0, 1, 0, 0, 0, 1, 0]), "'Sheet1:My Macros'!$A$1:$B$2");
    assert_eq!(of8(&[0x3A, 3, 0, 0, 0, 0, 0]), r"'C:\d\[book.xls]Far'!$A$1");
    assert_eq!(of8(&[0x3A, 5, 0, 0, 0, 0, 0]), "'#REF'!$A$1");
    assert_eq!(of8(&[0x3C, 0, 0, 0, 0, 0, 0]), "Sheet1!#REF!");
    assert_eq!(of8(&[0x39, 4, 0, 1, 0, 0, 0]), "'cmd|/c x'!A0");
    assert_eq!(of8(&[0x39, 0, 0, 2, 0, 0, 0]), "Sheet1!second");
    let mut five = vec![0x5A, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0];
    five.extend([2, 0, 3]);
    assert_eq!(with(Version::Biff5, &five, &[]), "'My Macros'!$D$3");
    let mut name = vec![0x39, 0xFF, 0xFF];
    name.extend([0; 8]);
    name.extend([2, 0]);
    name.extend([0; 12]);
    assert_eq!(with(Version::Biff5, &name, &[]), "second");
}

#[test]
fn arrays_and_remembered_areas_keep_data_behind_the_tokens() {
    let mut extra = vec![1, 0, 0, 1];
    extra.extend(2.5f64.to_le_bytes());
    extra.extend([2, 1, 0, 0, b'x']);
    assert_eq!(with(Version::Biff8, &[0x60, 0, 0, 0, 0, 0, 0, 0], &extra), "{2.5,\"x\"}");
    let mut twelve = vec![2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1, 1, 0, b'x', 0];
    twelve.extend([0; 2]);
    let tokens = [&[0x60][..], &[0; 14]].concat();
    assert_eq!(with(Version::Biff12, &tokens, &twelve), "{TRUE;\"x\"}");
    // An area remembered, then an array: its values come second.
    let both = [&[1, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &extra].concat();
    let tokens = [0x26, 0, 0, 0, 0, 5, 0, 0x24, 0, 0, 0, 0xC0, 0x60, 0, 0, 0, 0, 0, 0, 0, 0x03];
    assert_eq!(with(Version::Biff8, &tokens, &both), "A1+{2.5,\"x\"}");
    assert_eq!(
        with(Version::Biff8, &[0x60, 0, 0, 0, 0, 0, 0, 0], &[1, 0]),
        "values of an array are missing at 0 after "
    );
    assert_eq!(of8(&[0x29, 5, 0, 0x24, 0, 0, 0, 0xC0]), "A1");
}

#[test]
fn parts_of_other_formulas() {
    assert_eq!(of8(&[0x01, 3, 0, 1, 0]), "Shared(3, Some(1))");
    assert_eq!(with(Version::Biff12, &[0x01, 3, 0, 0, 0], &[1, 0, 0, 0]), "Shared(3, Some(1))");
    assert_eq!(of8(&[0x02, 3, 0, 1, 0]), "Table");
}

#[test]
fn hostile_tokens_end_with_a_place() {
    assert_eq!(of8(&[]), "no operand is left at 0 after ");
    assert_eq!(of8(&[0x1E, 1]), "tokens end early at 0 after ");
    assert_eq!(of8(&[0x03]), "an operand is missing at 0 after ");
    assert_eq!(of8(&[0x1E, 1, 0, 0x1E, 2, 0]), "2 operands are left at 6 after 1 2");
    assert_eq!(of8(&[0x1E, 1, 0, 0x00]), "token 0x00 is not known at 3 after 1");
    assert_eq!(
        of8(&[&[0x1E, 1, 0][..], &[0x15; 500]].concat()).split(" at ").next(),
        Some("formula is nested too deeply")
    );
    let long: Vec<u8> = [0x1E, 1, 0].into_iter().chain([0x1E, 1, 0, 0x08].repeat(5_000)).collect();
    assert!(of8(&long).starts_with("1&1&1"));
    for token in 0..=255u8 {
        for length in 0..32 {
            let _ = of8(&[&[0x1E, 1, 0, token][..], &vec![0xFF; length]].concat());
        }
    }
}
