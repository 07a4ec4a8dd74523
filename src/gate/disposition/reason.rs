//! The first reason of a decision, in words that hold nothing of the mail: the evidence stays in the report.

use crate::catalog;
use crate::config::Cause;
use crate::gate::checkpoint::{Examined, Refused};
use crate::report::Language;

/// Characters of a reason.
const MAX_CHARS: usize = 160;

/// The reason: the title of the weightiest finding where something was found, else what kept it from being read.
pub(super) fn reason(outcome: &Result<Examined, Refused>, cause: Cause, language: Language) -> String {
    let first = match (cause, outcome) {
        (Cause::Malicious | Cause::Suspicious, Ok(examined)) => examined.report.verdict.reasons.first(),
        _ => None,
    };
    let text = match first {
        Some(reason) => match catalog::finding_kind(&reason.id) {
            Some(kind) => language.title(kind).to_owned(),
            // What findings mean together is worded in the policy, in the report's language.
            None if language == Language::Japanese || reason.text.is_ascii() => reason.text.clone(),
            None => reason.id.clone(),
        },
        None => of_cause(cause, language).to_owned(),
    };
    // A brace could be taken for a placeholder by what is filled in later.
    let text = text.replace(['{', '}'], "").replace(char::is_control, " ");
    text.chars().take(MAX_CHARS).collect()
}

fn of_cause(cause: Cause, language: Language) -> &'static str {
    let (english, japanese) = match cause {
        Cause::Clean => ("nothing was found", "問題は見つかりませんでした"),
        Cause::Malicious => ("it is dangerous", "危険な内容が含まれています"),
        Cause::Suspicious => ("it looks dangerous", "危険な疑いのある内容が含まれています"),
        Cause::Encrypted => ("it is encrypted and could not be examined", "暗号化されているため、検査できませんでした"),
        Cause::Limit => (
            "it is too large or too deeply nested to be examined",
            "大きすぎるか入れ子が深すぎて、検査しきれませんでした",
        ),
        Cause::Unsupported => ("its format cannot be examined", "検査できない形式です"),
        Cause::Damaged => {
            ("it is damaged and could not be examined completely", "壊れているため、完全には検査できませんでした")
        }
        Cause::Failed | Cause::Crash | Cause::Memory | Cause::Timeout => {
            ("its examination failed", "検査中に問題が起き、最後まで検査できませんでした")
        }
        Cause::Poison => ("its examination failed repeatedly", "検査が繰り返し失敗しました"),
        Cause::Overload => ("there was no time to examine it", "混雑のため、検査できませんでした"),
        Cause::TooLarge => ("it is larger than what is examined", "検査できる大きさを超えています"),
        Cause::Store => ("it could not be kept for inspection", "隔離して保管することができませんでした"),
    };
    language.pick(english, japanese)
}
