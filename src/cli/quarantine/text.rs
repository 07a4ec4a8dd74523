//! What `sekisho quarantine` says to a person. What came from a mail is escaped.

use std::io::{self, Write};

use super::time;
use crate::model::Report;
use crate::model::name::escape;
use crate::report::Language;
use crate::store::{Alert, Checked, Entry, Handed, State, StoreError};

/// Characters of an id that are shown in a list; more are needed only among millions.
const SHORT: usize = 10;
/// Reasons shown of a report.
const REASONS: usize = 5;

/// One line an entry.
pub(super) fn list(out: &mut impl Write, entries: &[Entry], language: Language) -> io::Result<()> {
    if entries.is_empty() {
        return writeln!(
            out,
            "{}",
            language.pick("nothing is quarantined that fits", "該当する隔離メールはありません")
        );
    }
    for entry in entries {
        let slip = &entry.slip;
        let raised = if entry.marked.is_some() { "*" } else { " " };
        writeln!(
            out,
            "{}  {}  {:<9} {:<11}{raised} {:>9}  {} -> {}  {}",
            short(&entry.id),
            time::text(slip.kept),
            entry.state,
            entry.level().as_str(),
            slip.size,
            address(&slip.sender),
            recipients(&slip.recipients),
            escape(slip.subject.as_deref().unwrap_or_default()),
        )?;
    }
    Ok(())
}

/// All of an entry.
pub(super) fn show(out: &mut impl Write, entry: &Entry, report: Option<&Report>, language: Language) -> io::Result<()> {
    let slip = &entry.slip;
    let none = || "-".to_owned();
    let state = match entry.state {
        State::Releasing => language
            .pick(
                "releasing: a release was begun and nobody said how it ended; the mail may have been delivered",
                "releasing: 解放の結果が不明です。配送済みの可能性があります",
            )
            .to_owned(),
        state => state.to_string(),
    };
    let lines = [
        (language.pick("id", "ID"), entry.id.clone()),
        (language.pick("state", "状態"), state),
        (language.pick("kept (UTC)", "隔離日時 (UTC)"), time::text(slip.kept)),
        (language.pick("verdict", "判定"), verdict(entry)),
        (language.pick("cause", "理由"), format!("{:?}", slip.cause).to_lowercase()),
        (language.pick("sender", "送信者 (envelope)"), address(&slip.sender)),
        (language.pick("author", "差出人 (From)"), slip.author.as_deref().map_or_else(none, address)),
        (language.pick("recipients", "宛先"), recipients(&slip.recipients)),
        (language.pick("subject", "件名"), escape(slip.subject.as_deref().unwrap_or_default())),
        (language.pick("client", "接続元"), slip.client.as_deref().map_or_else(none, escape)),
        (language.pick("queue id", "キューID"), slip.queue_id.as_deref().map_or_else(none, escape)),
        (language.pick("size", "サイズ"), slip.size.to_string()),
        ("SHA-256", slip.sha256.clone()),
        (language.pick("report", "レポート"), slip.report.clone()),
    ];
    for (name, value) in lines {
        writeln!(out, "{name}: {value}")?;
    }
    match report {
        Some(report) => {
            for reason in report.verdict.reasons.iter().take(REASONS) {
                writeln!(out, "  {:>4} {}  [{} {}]", reason.points, escape(&reason.text), reason.artifact, reason.id)?;
            }
        }
        None => {
            for reason in slip.reasons.iter().take(REASONS) {
                writeln!(out, "       {}", escape(reason))?;
            }
        }
    }
    for (at, what) in &entry.notes.events {
        writeln!(out, "{}  {}", time::text(*at), escape(what))?;
    }
    Ok(())
}

/// How a release ended.
pub(super) fn handed(
    out: &mut impl Write,
    id: &str,
    handed: &Result<Handed, StoreError>,
    language: Language,
) -> io::Result<()> {
    let id = short(id);
    match handed {
        Ok(Handed::Taken(reply)) => {
            writeln!(out, "{id}: {}: {}", language.pick("released", "解放しました"), escape(reply))
        }
        Ok(Handed::Refused(why)) => {
            let what = language.pick("not released, still held", "解放できませんでした。隔離したままです");
            writeln!(out, "{id}: {what}: {}", escape(why))
        }
        Ok(Handed::Unknown(why)) => {
            let what = language.pick(
                "nobody knows whether it was taken; look in the server's log, and release it with --again if it was not",
                "配送されたか不明です。メールサーバーのログを確認し、未配送なら --again を付けて再度解放してください",
            );
            writeln!(out, "{id}: {what}: {}", escape(why))
        }
        Err(StoreError::State { state, .. }) => {
            let what = language.pick(
                "not released, because of its state; --again sends it nevertheless",
                "状態のため解放しませんでした。再送するには --again を付けてください",
            );
            writeln!(out, "{id}: {what}: {state}")
        }
        Err(error) => writeln!(out, "{id}: {}: {error}", language.pick("not released", "解放できませんでした")),
    }
}

/// Why a malicious mail is not released.
pub(super) fn needs_yes(id: &str, language: Language) -> String {
    let what = language.pick(
        "was judged malicious; to release it all the same, add --yes",
        "は悪意ありと判定されています。それでも解放するには --yes を付けてください",
    );
    format!("{} {what}", short(id))
}

/// That an entry is gone.
pub(super) fn deleted(out: &mut impl Write, id: &str, language: Language) -> io::Result<()> {
    let what = language.pick(
        "deleted; the bytes on disk were not overwritten",
        "削除しました (ディスク上のデータの上書きはしていません)",
    );
    writeln!(out, "{}: {what}", short(id))
}

/// What was let through and judged worse later.
pub(super) fn alerts(out: &mut impl Write, alerts: &[Alert], language: Language) -> io::Result<()> {
    if alerts.is_empty() {
        return writeln!(
            out,
            "{}",
            language.pick("no mail was judged worse later", "後から判定が変わったメールはありません")
        );
    }
    for alert in alerts {
        let slip = &alert.slip;
        let place = match (&alert.quarantine, alert.state) {
            (Some(id), Some(State::Held)) => format!("{} {}", language.pick("quarantined as", "隔離中:"), short(id)),
            (Some(id), Some(_)) => format!("{} {}", language.pick("was released:", "解放済み:"), short(id)),
            (Some(id), None) => format!("{} {}", language.pick("was deleted:", "削除済み:"), short(id)),
            (None, _) => {
                language.pick("not in this quarantine", "この隔離にはありません (配送済みの可能性)").to_owned()
            }
        };
        writeln!(
            out,
            "{}  {} ({} {})  {} {}  {} -> {}  {}  {place}",
            time::text(alert.at),
            alert.level.as_str(),
            language.pick("was", "以前"),
            slip.level.as_str(),
            language.pick("came", "受信"),
            time::text(slip.kept),
            address(slip.author.as_deref().unwrap_or(&slip.sender)),
            recipients(&slip.recipients),
            escape(slip.subject.as_deref().unwrap_or_default()),
        )?;
    }
    Ok(())
}

/// What a check found.
pub(super) fn checked(out: &mut impl Write, checked: &Checked, language: Language) -> io::Result<()> {
    writeln!(out, "{}: {}", language.pick("sound", "正常"), checked.sound)?;
    let groups = [
        (language.pick("the mail's file is missing", "メールのファイルがありません"), &checked.missing),
        (language.pick("damaged or changed", "破損または改変されています"), &checked.damaged),
        (
            language.pick("a file without an entry (--adopt makes one)", "登録のないファイル (--adopt で登録)"),
            &checked.orphans,
        ),
        (language.pick("a release was begun and not ended", "解放の結果が不明です"), &checked.releasing),
    ];
    for (what, ids) in groups {
        for id in ids {
            writeln!(out, "{}: {what}", escape(id))?;
        }
    }
    Ok(())
}

fn verdict(entry: &Entry) -> String {
    let slip = &entry.slip;
    match entry.marked {
        Some(level) => format!("{} ({} {})", level.as_str(), slip.level.as_str(), slip.score),
        None => format!("{} {}", slip.level.as_str(), slip.score),
    }
}

fn short(id: &str) -> &str {
    id.get(..SHORT).unwrap_or(id)
}

fn address(address: &str) -> String {
    if address.is_empty() { "<>".to_owned() } else { escape(address) }
}

fn recipients(recipients: &[String]) -> String {
    recipients.iter().map(|recipient| address(recipient)).collect::<Vec<_>>().join(", ")
}
