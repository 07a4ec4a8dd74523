//! What the receiving server recorded about SPF, DKIM and DMARC (RFC 8601).

use crate::finding_kind;
use crate::model::{Location, Site};
use crate::stage::Outcome;

use super::header::{Headers, without_comments};

finding_kind! {
    /// ## What it is
    /// The receiving server recorded that the sender's domain did not authenticate this message: DMARC failed, or SPF or
    /// DKIM failed and neither passed.
    ///
    /// ## Why it matters
    /// The address in From can be forged freely; these checks are what ties it to its domain. The mail that opened the
    /// breach of i.JTB in March 2016 carried a real partner's domain from a rented server abroad.
    ///
    /// ## How we see it
    /// Only fields of servers named as trusted count. If none is named, the topmost Authentication-Results field does,
    /// because the last server to write one is usually the recipient's own; the evidence says so, since a sender can bring
    /// a field of his own where no server of the recipient writes one.
    ///
    /// ## When it is innocent
    /// Forwarding breaks SPF, mailing lists break DKIM, and partners misconfigure both. It is never enough alone.
    ///
    /// ## References
    /// - RFC 8601, Authentication-Results: https://www.rfc-editor.org/rfc/rfc8601
    /// - RFC 7489, DMARC: https://www.rfc-editor.org/rfc/rfc7489
    pub(super) const MAIL_AUTHENTICATION_FAILED = {
        id: "mail-authentication-failed",
        title: "the sender's domain did not authenticate this message",
        ja: "送信ドメイン認証（SPF・DKIM・DMARC）に失敗しています",
        why_ja: "差出人のドメインから送られたことを確認できません。なりすましの可能性がありますが、転送でも起こります。",
        severity: Low,
        facet: Identity,
        confidence: High,
        attack: ["T1684.002", "T1566.001"],
    }
}

/// What one Authentication-Results field says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Results {
    /// The server that says so.
    pub(super) server: String,
    /// Method and result in order, lower case: `("spf", "fail")`.
    pub(super) methods: Vec<(String, String)>,
}

impl Results {
    /// RFC 8601 section 2.2: server, then `method=result` with properties, separated by semicolons.
    pub(super) fn parse(value: &str) -> Results {
        const MAX_METHODS: usize = 50;
        let clean = without_comments(value);
        let mut clauses = clean.split(';').map(str::trim);
        let server = clauses.next().unwrap_or_default().split_whitespace().next().unwrap_or_default().to_owned();
        let methods = clauses
            .filter_map(|clause| {
                let (method, rest) = clause.split_once('=')?;
                let result: String =
                    rest.trim_start().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
                let method = method.trim().split('/').next().unwrap_or_default().trim();
                Some((method.to_ascii_lowercase(), result.to_ascii_lowercase()))
            })
            .take(MAX_METHODS)
            .collect();
        Results { server, methods }
    }

    /// Whether any result of this method is one of these.
    pub(super) fn has(&self, method: &str, results: &[&str]) -> bool {
        self.methods.iter().any(|(name, result)| name == method && results.contains(&result.as_str()))
    }

    fn fails(&self) -> bool {
        if self.has("dmarc", &["pass"]) || self.has("arc", &["pass"]) {
            return false;
        }
        if self.has("dmarc", &["fail"]) {
            return true;
        }
        let passes = self.has("spf", &["pass"]) || self.has("dkim", &["pass"]);
        !passes && (self.has("spf", &["fail", "softfail"]) || self.has("dkim", &["fail", "permerror"]))
    }
}

/// The results that count: those of the topmost server that is trusted, or the topmost if none is named.
pub(super) fn recorded(headers: &Headers, site: &Site) -> Option<Results> {
    const MAX_FIELDS: usize = 100;
    let mut fields = headers.all("authentication-results").take(MAX_FIELDS).map(|header| Results::parse(&header.value));
    if site.authserv_ids.is_empty() {
        return fields.next();
    }
    fields.find(|results| site.authserv_ids.iter().any(|id| id.eq_ignore_ascii_case(&results.server)))
}

pub(super) fn check(headers: &Headers, out: &mut Outcome<'_>) {
    let Some(results) = recorded(headers, out.site()) else { return };
    if results.fails() {
        let mut list: Vec<String> = results
            .methods
            .iter()
            .filter(|(method, _)| matches!(method.as_str(), "spf" | "dkim" | "dmarc"))
            .map(|(method, result)| format!("{method}={result}"))
            .collect();
        list.dedup();
        let why = if out.site().authserv_ids.is_empty() {
            "the topmost field; no server is named as trusted"
        } else {
            "trusted"
        };
        let observed = format!("{} (recorded by {}, {why})", list.join(" "), results.server);
        out.raise(MAIL_AUTHENTICATION_FAILED, Location::part("header Authentication-Results"), observed);
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::mail::eml::analyze::tests::{observed, observed_at};
    use sekisho_samples::mail::Eml;

    fn seen(results: &[&str]) -> Vec<String> {
        let mut mail = Eml::new().header("From", "a@example.com");
        for result in results {
            mail = mail.authentication_results(result);
        }
        observed(&mail.text_body("us-ascii", "hi").build(), "mail-authentication-failed")
    }

    #[test]
    fn failures_are_said() {
        let fail = "mx.example.org; spf=fail (sender IP is 203.0.113.45; no) smtp.mailfrom=x@rental.example.net;\r\n dkim=none; dmarc=fail (p=none) header.from=example.com";
        assert_eq!(
            seen(&[fail]),
            [
                "spf=fail dkim=none dmarc=fail (recorded by mx.example.org, the topmost field; no server is named as trusted)"
            ]
        );
        assert_eq!(seen(&["mx.example.org 1; spf=softfail smtp.mailfrom=x"]).len(), 1);
        assert_eq!(seen(&["mx; dkim/1 = fail header.d=x"]).len(), 1);
    }

    #[test]
    fn only_servers_named_as_trusted_count() {
        let site = |id: &str| crate::model::Site { authserv_ids: vec![id.to_owned()], ..Default::default() };
        let mail = Eml::new()
            .header("From", "a@example.com")
            .authentication_results("forged.example.net; spf=pass; dmarc=pass")
            .authentication_results("mx.example.org; spf=fail; dmarc=fail")
            .text_body("us-ascii", "hi")
            .build();
        let seen = |id: &str| observed_at(&mail, "mail-authentication-failed", site(id));
        assert_eq!(seen("MX.example.org"), ["spf=fail dmarc=fail (recorded by mx.example.org, trusted)"]);
        assert!(seen("other.example.org").is_empty());
        assert!(observed(&mail, "mail-authentication-failed").is_empty());
    }

    #[test]
    fn passes_and_older_fields_are_not() {
        assert!(seen(&["mx; spf=pass; dkim=fail; dmarc=pass"]).is_empty());
        assert!(seen(&["mx; spf=fail; dkim=pass header.d=example.com"]).is_empty());
        assert!(seen(&["mx; spf=fail; arc=pass; dmarc=fail"]).is_empty());
        assert!(seen(&["mx; none"]).is_empty());
        assert!(seen(&["mx; spf=pass", "other; spf=fail; dmarc=fail"]).is_empty());
        assert!(seen(&[]).is_empty());
    }
}
