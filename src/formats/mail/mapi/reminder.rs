//! The sound a reminder plays (MS-OXORMDR 2.2.1): a file name that Outlook opened by itself, on whatever machine.

use super::item::Item;
use super::property::Value;
use crate::finding_kind;
use crate::formats::link::Link;
use crate::model::Location;
use crate::stage::Outcome;

finding_kind! {
    /// ## What it is
    /// An Outlook item whose reminder plays a sound from a share on another machine.
    ///
    /// ## Why it matters
    /// Outlook fetched the sound as soon as the reminder was due, without any click, and so sent the user's NTLM
    /// response to that machine (CVE-2023-23397, CVE-2023-29324). APT28 used it against governments and rail companies
    /// from April 2022. Unpatched machines still do it.
    ///
    /// ## How we see it
    /// The named property PidLidReminderFileParameter (0x851F of PSETID_Common) holds a UNC path or the URL of a file
    /// on another machine; the evidence says whether PidLidReminderOverride (0x851C) makes Outlook take it.
    ///
    /// ## When it is innocent
    /// Outlook offers only files of the own machine for it. A plain host name of the own network is reported as high
    /// rather than critical.
    ///
    /// ## References
    /// - CVE-2023-23397: https://msrc.microsoft.com/update-guide/vulnerability/CVE-2023-23397
    /// - MS-OXORMDR 2.2.1.4: https://learn.microsoft.com/en-us/openspecs/exchange_server_protocols/ms-oxormdr/
    /// - ATT&CK T1187, Forced Authentication: https://attack.mitre.org/techniques/T1187/
    pub(super) const OUTLOOK_REMINDER_SHARE = {
        id: "outlook-reminder-share",
        title: "the reminder's sound lies on another machine, to which Outlook sends the user's credentials",
        ja: "アラーム音のファイルが外部サーバーに置かれており、認証情報が送信されます（CVE-2023-23397）",
        why_ja: "修正前のOutlookでは、メールを開かなくてもアラームの時刻になるだけで、利用者のNTLM認証情報が外部サーバーへ送られます。",
        severity: Critical,
        facet: Exploit,
        confidence: High,
        decisive: true,
        attack: ["T1187"],
    }
}

/// PSETID_Common, {00062008-0000-0000-C000-000000000046}.
const COMMON: [u8; 16] = [0x08, 0x20, 0x06, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46];
const FILE: u32 = 0x851F;
const OVERRIDE: u32 = 0x851C;

pub(super) fn check(item: &Item, out: &mut Outcome<'_>) {
    let properties = &item.properties;
    let is_taken =
        properties.all_named(COMMON, OVERRIDE).any(|value| matches!(value, Value::Number(flag) if *flag & 0xFFFF != 0));
    for value in properties.all_named(COMMON, FILE) {
        let path = properties.read(value);
        if path.trim().is_empty() {
            continue;
        }
        out.fact("outlook-reminder-sound", path.clone());
        // CVE-2023-29324: Windows takes further spellings of a share for one (\\?\UNC\host, \\.\UNC\host).
        let plain = path.trim().replace('/', "\\");
        let plain = ["\\\\?\\UNC\\", "\\\\.\\UNC\\", "\\??\\UNC\\"]
            .iter()
            .find_map(|start| {
                plain.get(..start.len()).filter(|head| head.eq_ignore_ascii_case(start)).and(plain.get(start.len()..))
            })
            .map(|rest| format!("\\\\{}", rest.trim_start_matches('\\')));
        let link = Link::of_file(plain.as_deref().unwrap_or(&path));
        if !matches!(link, Link::Share(_) | Link::Web(_)) {
            continue;
        }
        let at = || Location::part("PidLidReminderFileParameter");
        let observed = format!("{}{}", path, if is_taken { ", overriding the user's own sound" } else { "" });
        if link.is_inside() {
            out.raise_as(OUTLOOK_REMINDER_SHARE, crate::model::Severity::High, false, at(), observed);
        } else {
            out.raise(OUTLOOK_REMINDER_SHARE, at(), observed);
        }
        if let Some(ioc) = link.ioc(at(), "sound of a reminder") {
            out.ioc(ioc);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::mail::mapi::{Named, give};
    use crate::formats::trial;
    use crate::model::{Artifact, Severity};
    use crate::stage::{StageError, Unpacker};

    struct Giver(&'static str, [u8; 16]);

    impl Unpacker for Giver {
        fn unpack(&self, _: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
            let mut item = Item::default();
            item.properties.name(0x8005, Named { set: self.1, number: Some(FILE) });
            item.properties.name(0x8006, Named { set: self.1, number: Some(OVERRIDE) });
            item.properties.push(0x8005, Value::Text(self.0.to_owned()));
            item.properties.push(0x8006, Value::Number(1));
            give(&item, &|_| None, out)
        }
    }

    fn weight(path: &'static str, set: [u8; 16]) -> Option<Severity> {
        trial::weight(&trial::unpack(&Giver(path, set), "a.msg", Vec::new()).0, "outlook-reminder-share")
    }

    #[test]
    fn a_sound_on_another_machine_is_said() {
        for path in [
            r"\\203.0.113.7\a\b.wav",
            "//203.0.113.7/a/b.wav",
            r"\\?\UNC\203.0.113.7\a",
            r"\\.\UNC\\198.51.100.4\a",
            r"\\files.example.net@80\a",
            "file://198.51.100.4/a/b.wav",
        ] {
            assert_eq!(weight(path, COMMON), Some(Severity::Critical), "{path}");
        }
        assert_eq!(weight(r"\\server\sounds\bell.wav", COMMON), Some(Severity::High));
    }

    #[test]
    fn a_sound_of_the_own_machine_is_not() {
        for path in ["reminder.wav", r"C:\Windows\Media\chimes.wav", "", r"C:/Windows/Media/x.wav"] {
            assert_eq!(weight(path, COMMON), None, "{path}");
        }
        assert_eq!(weight(r"\\203.0.113.7\a\b.wav", [1; 16]), None);
    }
}
