//! Links that gateways and portals put around others: both are indicators.

use url::Url;

use super::reading::{Finds, Reading};
use super::url::say;
use crate::formats::text::percent::percent_decoded;
use crate::knowledge::iocs::words;

/// Links unwrapped from one another.
const MAX_LAYERS: usize = 3;

/// Says what a rewritten link leads to.
pub(super) fn say_inner(reading: &Reading<'_>, url: &Url, at: usize, finds: &mut Finds) {
    if reading.how.is_some_and(|how| how.matches("unwrapped").count() >= MAX_LAYERS) {
        return;
    }
    let Some((name, inner)) = inner(url) else { return };
    let inner = if inner.contains("://") { inner } else { format!("http://{inner}/") };
    let how = match reading.how {
        Some(outer) => format!("{outer}, unwrapped from {name}"),
        None => format!("unwrapped from {name}"),
    };
    let origin = super::reading::Origin::Piece(reading.place(at));
    let inside = Reading { text: &inner, how: Some(&how), origin, is_prose: true, trusts_domains: false };
    finds.pay(inner.len());
    say(&inside, &inner, 0, None, finds);
}

/// The service and the link it wraps.
fn inner(url: &Url) -> Option<(&'static str, String)> {
    let host = url.host_str()?;
    let is_at = |suffix: &str| host == suffix || host.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.'));
    if is_at("urldefense.com") && url.path().starts_with("/v3/__") {
        return Some(("URL Defense", defense_v3(url.as_str())?));
    }
    for rewriter in words().rewriters.iter().filter(|rewriter| is_at(&rewriter.host)) {
        let value =
            url.query_pairs().find(|(key, _)| key == rewriter.parameter.as_str()).map(|(_, value)| value.into_owned());
        let Some(value) = value.filter(|value| !value.is_empty()) else { continue };
        if host.starts_with("urldefense") {
            // Version 2 writes % as - and / as _.
            let percent = value.replace('-', "%").replace('_', "/");
            let bytes: Vec<u8> = percent_decoded(percent.as_bytes());
            return Some((rewriter.name.as_str(), String::from_utf8(bytes).ok()?));
        }
        if value.contains("://") || rewriter.parameter == "domain" {
            return Some((rewriter.name.as_str(), value));
        }
    }
    None
}

/// URL Defense version 3: the link stands between `/v3/__` and `__;`, with `*` for characters listed behind.
fn defense_v3(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("/v3/__")?;
    let end = rest.find("__;").unwrap_or(rest.len());
    rest.get(..end).map(str::to_owned)
}
