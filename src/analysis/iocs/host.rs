//! Hosts: what makes a name a domain, how a host was spelled, and labels made to be mistaken for others (UTS #39).

use std::net::Ipv4Addr;

use url::Host;

use super::findings::{DOMAIN_CONFUSABLE, HOST_OBFUSCATED};
use super::reading::{Finds, Reading, find};
use crate::knowledge::iocs::words;
use crate::model::IocKind;

/// Whether a lower-case A-label name could be registered or is of a reserved kind.
pub(super) fn is_domain(name: &str) -> bool {
    let labels_are_sound = name.len() <= 253
        && name.contains('.')
        && name.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        });
    labels_are_sound && has_known_tld(name)
}

/// Whether the last label is a top-level domain, delegated or reserved.
pub(super) fn has_known_tld(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    words().special_tlds.contains(last) || psl::suffix(name.as_bytes()).is_some_and(|suffix| suffix.is_known())
}

/// A host without dots, as inner networks have: letters, digits and dashes.
pub(super) fn is_bare_host(name: &str) -> bool {
    name.len() >= 2
        && name.bytes().any(|byte| byte.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// Whether a number written alone may be meant as an address: short ones are ports or years.
fn is_plausible_number(spelled: &str, ip: Ipv4Addr) -> bool {
    spelled.contains('.') || u32::from(ip) >= 1 << 24
}

/// Says a host: its domain or address, and what is odd about its spelling. False if it is none.
pub(super) fn say(
    reading: &Reading<'_>,
    host: &Host<&str>,
    spelled: &str,
    how: &str,
    at: usize,
    finds: &mut Finds,
) -> bool {
    match host {
        Host::Domain(name) if is_domain(name) => {
            finds.add(find(reading, IocKind::Domain, *name, at).because(how).spelled_unicode(name));
            if spelled.contains('%') {
                finds.remark(HOST_OBFUSCATED, reading.place(at), format!("{spelled} is {name}"));
            }
            say_confusable(reading, name, at, finds);
            true
        }
        Host::Domain(name) => is_bare_host(name) && reading.is_prose,
        Host::Ipv4(ip) => {
            if !is_plausible_number(spelled, *ip) {
                return false;
            }
            let canonical = ip.to_string();
            if spelled != canonical {
                finds.remark(HOST_OBFUSCATED, reading.place(at), format!("{spelled} is {canonical}"));
            }
            finds.add(find(reading, IocKind::Ipv4, canonical, at).because(how).spelled(spelled));
            true
        }
        Host::Ipv6(ip) => {
            finds.add(find(reading, IocKind::Ipv6, ip.to_string(), at).because(how));
            if let Some(mapped) = ip.to_ipv4_mapped() {
                finds.add(find(reading, IocKind::Ipv4, mapped.to_string(), at).because("v4-mapped"));
            }
            true
        }
    }
}

impl super::reading::Find {
    /// The same, with the Unicode form of an A-label name as its spelling.
    pub(super) fn spelled_unicode(self, name: &str) -> Self {
        if !name.contains("xn--") {
            return self;
        }
        let (unicode, _) = idna::domain_to_unicode(name);
        self.spelled(&unicode)
    }
}

/// Remarks on labels that can be mistaken for others.
pub(super) fn say_confusable(reading: &Reading<'_>, name: &str, at: usize, finds: &mut Finds) {
    if !name.contains("xn--") {
        return;
    }
    let (unicode, _) = idna::domain_to_unicode(name);
    if unicode.split('.').any(is_confusable) {
        finds.remark(DOMAIN_CONFUSABLE, reading.place(at), format!("{unicode} is {name}"));
    }
}

/// Scripts that matter for mistaking letters (Unicode Script property, the ranges domain names use).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Han,
    Hiragana,
    Katakana,
    Hangul,
    Bopomofo,
    Other,
}

/// The script of a letter; none for digits, dashes and marks that any script uses.
const fn script(c: char) -> Option<Script> {
    Some(match c {
        '0'..='9' | '-' | '_' | '\u{300}'..='\u{36f}' | '\u{30fb}' | '\u{30fc}' => return None,
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{250}'..='\u{2af}' | '\u{1e00}'..='\u{1eff}' => Script::Latin,
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Script::Greek,
        '\u{400}'..='\u{52f}' => Script::Cyrillic,
        '\u{531}'..='\u{58f}' => Script::Armenian,
        '\u{3041}'..='\u{309f}' => Script::Hiragana,
        '\u{30a1}'..='\u{30ff}' => Script::Katakana,
        '\u{3105}'..='\u{312f}' => Script::Bopomofo,
        '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7a3}' => Script::Hangul,
        '\u{3005}' | '\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{323af}' => {
            Script::Han
        }
        _ => Script::Other,
    })
}

/// Small Cyrillic and Greek letters that look like a Latin one (from UTS #39 confusables).
const LATIN_LOOKALIKES: &str = "аеорсухіјѕԁԛԝһӏαινορυχ";
/// Kana that pass for a slash or a letter among Latin ones.
const KANA_LOOKALIKES: &str = "んンソノ";

/// Whether a label (U-label) mixes scripts that no language mixes, or is made of another script's look-alikes only.
fn is_confusable(label: &str) -> bool {
    let scripts: Vec<Script> = label.chars().filter_map(script).collect();
    let has = |wanted: Script| scripts.contains(&wanted);
    let is_european =
        |script: &Script| matches!(script, Script::Latin | Script::Greek | Script::Cyrillic | Script::Armenian);
    let alphabets =
        [Script::Latin, Script::Greek, Script::Cyrillic, Script::Armenian].into_iter().filter(|s| has(*s)).count();
    if alphabets > 1 {
        return true;
    }
    if (has(Script::Greek) || has(Script::Cyrillic) || has(Script::Armenian)) && !scripts.iter().all(is_european) {
        return true;
    }
    let letters = || label.chars().filter(|c| script(*c).is_some());
    if (has(Script::Cyrillic) || has(Script::Greek)) && letters().all(|c| LATIN_LOOKALIKES.contains(c)) {
        return true;
    }
    // `comんdetail`: a kana between Latin letters that shows like a slash; Japanese would have other Japanese letters.
    let mut foreign = letters().filter(|c| script(*c) != Some(Script::Latin)).peekable();
    has(Script::Latin) && foreign.peek().is_some() && foreign.all(|c| KANA_LOOKALIKES.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_two_alphabets_in_a_label_are_confusable() {
        for label in ["аnа", "pаypal", "аррӏе", "comんdetail", "αpple"] {
            assert!(is_confusable(label), "{label}");
        }
    }

    #[test]
    fn genuine_names_are_not() {
        for label in
            ["航空券", "日本語abc", "カラオケ", "さくらnet", "москва", "münchen", "ελλάδα", "한국", "example", "ノート"]
        {
            assert!(!is_confusable(label), "{label}");
        }
    }

    #[test]
    fn domains_need_a_real_top_level() {
        for name in ["example.com", "a.b.co.jp", "xn--zcr549gxdf.example", "host.local", "x_y.example.org"] {
            assert!(is_domain(name), "{name}");
        }
        for name in ["com", "a.notatld", "-a.com", "a..com", "a b.com", ""] {
            assert!(!is_domain(name), "{name}");
        }
    }
}
