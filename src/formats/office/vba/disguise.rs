//! How hard code tries not to be read: texts cut so that no search finds them, texts of single characters, decoding
//! functions, and names no person chose.

use std::collections::BTreeSet;

use super::lexer::TokenKind;
use super::program::Program;
use crate::finding_kind;
use crate::knowledge::vba::capabilities;

finding_kind! {
    /// ## What it is
    /// Macro source is written so that it cannot be read: words are cut in pieces or coded, texts go through decoding
    /// functions, names are random.
    ///
    /// ## Why it matters
    /// Honest authors have no reason to keep `http://` or `WScript.Shell` from being found.
    ///
    /// ## How we see it
    /// Texts are put together as the host would (`&`, `Chr`, `StrReverse`, `Replace`, `Mid`, `Join`, constants). A word
    /// of the list `revealing` that shows up in the result and in none of the pieces counts; so do several texts of many
    /// character codes, functions with `Xor` fed with texts, and names without vowels in great number.
    ///
    /// ## When it is innocent
    /// Commercial protectors of macro add-ins.
    ///
    /// ## References
    /// - ATT&CK T1027.010, Command Obfuscation: https://attack.mitre.org/techniques/T1027/010/
    pub(super) const OBFUSCATED = {
        id: "vba-obfuscated",
        title: "macro source is written so that it cannot be read",
        ja: "マクロの内容が読み取れないように細工されています",
        why_ja: "アドレスや命令を分割・暗号化して検査を逃れる手口です。正当な作成者には必要ありません。",
        severity: Medium,
        facet: Conceal,
        confidence: High,
        attack: ["T1027.010"],
    }
}

/// One sign of disguise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Disguise {
    /// Index of the module.
    pub(super) module: usize,
    pub(super) line: u32,
    /// What was seen.
    pub(super) what: String,
}

/// Characters computed one by one in a text that no one writes so by hand.
const MANY_CODES: usize = 12;
/// Calls of a decoding function with texts that make it one.
const MANY_CALLS: usize = 3;
/// Strange names, and their share, that make a module unreadable on purpose.
const MANY_NAMES: usize = 12;

/// Signs of disguise, the clearest first; empty if the code can be read.
pub(super) fn disguises(program: &Program) -> Vec<Disguise> {
    let mut found = cut_texts(program);
    found.extend(coded_texts(program));
    found.extend(decoders(program));
    found.extend(strange_names(program));
    found
}

/// A word worth hiding that stands in no single literal.
fn cut_texts(program: &Program) -> Vec<Disguise> {
    let words = &capabilities().words.revealing;
    let mut found = Vec::new();
    for (module, made) in program.made() {
        let lower = made.text.text.to_ascii_lowercase();
        let is_cut = |word: &String| {
            lower.match_indices(word.as_str()).any(|(at, _)| !made.text.is_written(at, at.saturating_add(word.len())))
        };
        if let Some(word) = words.iter().find(|word| is_cut(word)) {
            let what = format!("\"{}\" hides \"{word}\" in pieces", short(&made.text.text));
            found.push(Disguise { module, line: made.line, what });
            if found.len() >= 16 {
                break;
            }
        }
    }
    found
}

fn coded_texts(program: &Program) -> Option<Disguise> {
    let mut coded = program.made().filter(|(_, made)| made.text.computed_pieces() >= MANY_CODES);
    let (module, first) = coded.next()?;
    // A single one may be a legend or a date format.
    coded.next()?;
    let what = format!("texts of character codes, as \"{}\"", short(&first.text.text));
    Some(Disguise { module, line: first.line, what })
}

/// Functions that turn characters into codes, change them with `Xor`, and back, called with texts again and again.
fn decoders(program: &Program) -> Option<Disguise> {
    let mut names = BTreeSet::new();
    for routine in &program.routines {
        let (Some(module), Some(procedure)) = (program.modules.get(routine.module), program.procedure(routine)) else {
            continue;
        };
        let lexed = &module.code.lexed;
        let uses = |wanted: &[&str]| routine.uses.iter().any(|used| wanted.contains(&lexed.lower(used.token)));
        let mut tokens = procedure.statements.iter().flat_map(|statement| statement.clone());
        let decodes = uses(&["chr", "chrw", "chrb", "strconv"])
            && uses(&["mid", "midb", "asc", "ascw", "ascb", "split", "val", "clng"])
            && tokens.any(|index| lexed.kind(index) == TokenKind::Word && matches!(lexed.lower(index), "xor"));
        if decodes {
            names.insert(procedure.name.to_lowercase());
        }
    }
    let mut calls = 0usize;
    for routine in &program.routines {
        let Some(module) = program.modules.get(routine.module) else { continue };
        for used in &routine.uses {
            let name = module.code.lexed.lower(used.token);
            if used.arguments.iter().any(Option::is_some) && names.contains(name) {
                calls = calls.saturating_add(1);
                if calls >= MANY_CALLS {
                    let what = format!("texts go through the decoding function {}", short(name));
                    return Some(Disguise { module: routine.module, line: module.code.lexed.line(used.token), what });
                }
            }
        }
    }
    None
}

fn strange_names(program: &Program) -> Option<Disguise> {
    let mut names = BTreeSet::new();
    for module in &program.modules {
        names.extend(module.code.globals.iter().cloned());
        for procedure in &module.code.procedures {
            names.insert(procedure.name.to_lowercase());
            names.extend(procedure.locals.iter().cloned());
        }
    }
    let strange: Vec<&String> = names.iter().filter(|name| is_strange(name)).collect();
    if strange.len() < MANY_NAMES || strange.len().saturating_mul(5) < names.len().saturating_mul(2) {
        return None;
    }
    let shown: Vec<&str> = strange.iter().take(3).map(|name| name.as_str()).collect();
    let what = format!("{} of {} names are random, as {}", strange.len(), names.len(), short(&shown.join(", ")));
    Some(Disguise { module: 0, line: 1, what })
}

/// Whether a name looks drawn by lot: long, and without the vowels of any language, or with digits strewn in.
fn is_strange(name: &str) -> bool {
    let letters = name.bytes().filter(u8::is_ascii_alphabetic).count();
    if !name.is_ascii() || letters < 8 {
        return false;
    }
    let is_vowel = |byte: &u8| matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
    let vowels = name.bytes().filter(is_vowel).count();
    let (mut run, mut longest) = (0usize, 0usize);
    for byte in name.bytes() {
        run = if byte.is_ascii_alphabetic() && !is_vowel(&byte) { run.saturating_add(1) } else { 0 };
        longest = longest.max(run);
    }
    let switches =
        name.as_bytes().windows(2).filter(|pair| matches!(pair, [a, b] if a.is_ascii_digit() != b.is_ascii_digit()));
    longest >= 5 || vowels.saturating_mul(6) < letters || switches.count() >= 4
}

fn short(text: &str) -> String {
    const MAX: usize = 80;
    let cut = text.floor_char_boundary(MAX);
    if cut < text.len() { format!("{}…", text.get(..cut).unwrap_or_default()) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::program::Part;
    use super::*;

    fn seen(source: &str) -> Vec<String> {
        let program = Program::new(&[Part { name: "M", sort: None, source }]);
        disguises(&program).into_iter().map(|disguise| disguise.what).collect()
    }

    #[test]
    fn cut_words_are_seen_and_long_texts_are_not() {
        assert_eq!(
            seen("Sub A()\nu = \"ht\" & \"tp://192.0.2.10/\" & \"a.bin\"\nEnd Sub\n"),
            ["\"http://192.0.2.10/a.bin\" hides \"http://\" in pieces"]
        );
        assert!(
            seen("Sub A()\nu = \"http://example.com/\" & \"a.html\" & vbCrLf & Chr(34) & \"x\"\nEnd Sub\n").is_empty()
        );
        assert!(seen("Sub A()\ns = \"SELECT * FROM\" & \" t WHERE\" & \" x = 1\"\nEnd Sub\n").is_empty());
    }

    #[test]
    fn decoding_functions_are_seen() {
        let decoder = "Function D(s)\nFor i = 1 To Len(s)\nD = D & Chr(Asc(Mid(s, i, 1)) Xor 7)\nNext\nEnd Function\n";
        assert!(seen(decoder).is_empty());
        assert_eq!(
            seen(&format!("{decoder}Sub A()\nx = D(\"a\")\ny = D(\"b\")\nz = D(\"c\")\nEnd Sub\n")),
            ["texts go through the decoding function d"]
        );
    }

    #[test]
    fn random_names_are_seen() {
        let body: String = (0..14).map(|n| format!("Dim qzxkvbtrw{n} As String\n")).collect();
        assert_eq!(seen(&format!("Sub A()\n{body}End Sub\n")).len(), 1);
        let body: String = (0..14).map(|n| format!("Dim customerNumber{n} As String\n")).collect();
        assert!(seen(&format!("Sub A()\n{body}End Sub\n")).is_empty());
    }
}
