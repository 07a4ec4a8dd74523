//! What a reply of the clamd door means, by the grammar of its names.

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Judged {
    /// Read completely, nothing found.
    Clean,
    /// No one should open it.
    Malicious(String),
    /// A person should look at it.
    Suspicious(String),
    /// Encrypted content remains.
    Encrypted(String),
    /// Not read, or not completely; the name says why.
    Unread(String),
}

impl Judged {
    /// Not read, for this reason.
    pub(super) fn unread(why: &str) -> Self {
        Judged::Unread(format!("Heuristics.Limits.Exceeded.{}", word(why)))
    }

    /// From a reply without what it is about: `OK`, `<name> FOUND`, `<message> ERROR`.
    pub(super) fn of(reply: &str) -> Self {
        let reply = reply.trim_end_matches(['\0', '\n']);
        if reply == "OK" {
            return Judged::Clean;
        }
        let Some(name) = reply.strip_suffix(" FOUND") else {
            return Judged::unread(reply.strip_suffix(" ERROR").unwrap_or(reply));
        };
        let name = word(name);
        if name.starts_with("Heuristics.Limits.Exceeded") {
            Judged::Unread(name)
        } else if name.starts_with("Heuristics.Encrypted") {
            Judged::Encrypted(name)
        } else if name.starts_with("PUA.") || name.starts_with("Heuristics.") {
            Judged::Suspicious(name)
        } else {
            Judged::Malicious(name)
        }
    }
}

/// A name without anything that means something to those who read it.
fn word(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    let word: String = letters.take(120).collect();
    if word.is_empty() { "Unnamed".to_owned() } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reply_means_one_thing() {
        assert_eq!(Judged::of("OK\0"), Judged::Clean);
        assert_eq!(Judged::of("Sekisho.Macro.X FOUND\0"), Judged::Malicious("Sekisho.Macro.X".into()));
        assert_eq!(Judged::of("Eicar-Test-Signature FOUND"), Judged::Malicious("Eicar-Test-Signature".into()));
        assert_eq!(Judged::of("PUA.Sekisho.A.B FOUND"), Judged::Suspicious("PUA.Sekisho.A.B".into()));
        assert_eq!(
            Judged::of("Heuristics.OLE2.ContainsMacros.X FOUND"),
            Judged::Suspicious("Heuristics.OLE2.ContainsMacros.X".into())
        );
        assert_eq!(Judged::of("Heuristics.Encrypted.Zip FOUND"), Judged::Encrypted("Heuristics.Encrypted.Zip".into()));
        let limit = "Heuristics.Limits.Exceeded.MaxFiles";
        assert_eq!(Judged::of(&format!("{limit} FOUND")), Judged::Unread(limit.into()));
    }

    #[test]
    fn what_is_no_reply_is_never_clean() {
        for reply in ["", "OK ", "not OK", "Time limit reached. ERROR", "OK FOUND ERROR", "\n"] {
            assert!(matches!(Judged::of(reply), Judged::Unread(_)), "{reply:?}");
        }
        assert_eq!(Judged::of("a b:c' FOUND"), Judged::Malicious("abc".into()));
    }
}
