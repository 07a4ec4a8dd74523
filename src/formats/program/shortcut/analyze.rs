//! Judges where a shortcut points.

use super::findings::{DESKTOP_ENTRY_RUNS, KINDS, RDP_FILE, SHORTCUT_ODD_TARGET, SHORTCUT_TO_SHARE, URL_SHORTCUT};
use super::settings::{Setting, SettingsView};
use crate::formats::link::Link;
use crate::formats::text::plain::TextView;
use crate::knowledge::extensions::class;
use crate::model::{Artifact, Ioc, IocKind, Location, Severity};
use crate::stage::{Analyzer, Kinds, Outcome, StageError};

/// Which shortcut it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Url,
    Scf,
    Theme,
    Desktop,
    Rdp,
    Library,
}

/// Looks at shortcuts of one sort.
pub(super) struct TargetAnalyzer {
    pub(super) sort: Sort,
}

impl Analyzer for TargetAnalyzer {
    fn findings(&self) -> Kinds {
        KINDS
    }

    fn analyze(&self, artifact: &Artifact, out: &mut Outcome<'_>) -> Result<(), StageError> {
        match self.sort {
            Sort::Library => library(&artifact.view::<TextView>()?.text, out),
            Sort::Url => url(&*artifact.view::<SettingsView>()?, out),
            Sort::Scf | Sort::Theme => shares(&*artifact.view::<SettingsView>()?, out),
            Sort::Desktop => desktop(&*artifact.view::<SettingsView>()?, out),
            Sort::Rdp => rdp(&*artifact.view::<SettingsView>()?, out),
        }
        Ok(())
    }
}

fn url(view: &SettingsView, out: &mut Outcome<'_>) {
    for setting in view.all("url").chain(view.all("baseurl")) {
        let at = Location::line(setting.line);
        let link = Link::of(&setting.value);
        if let Some(ioc) = link.ioc(at.clone(), "shortcut") {
            out.ioc(ioc);
        }
        match &link {
            // Shares are said below, with those of the other settings.
            Link::Share(_) | Link::Relative => {}
            Link::Web(_) | Link::Mail(_) => out.raise(URL_SHORTCUT, at, setting.value.clone()),
            Link::Local(path) => {
                let runs = class(&link.extension()).is_some_and(|class| class.is_launchable());
                let severity = if runs { SHORTCUT_ODD_TARGET.severity } else { Severity::Low };
                out.raise_as(SHORTCUT_ODD_TARGET, severity, false, at, path.clone());
            }
            Link::Script(_) | Link::Data | Link::Scheme(_) => out.raise(SHORTCUT_ODD_TARGET, at, setting.value.clone()),
        }
    }
    shares(view, out);
}

/// Any setting that names a share.
fn shares(view: &SettingsView, out: &mut Outcome<'_>) {
    for setting in &view.settings {
        share(setting, out);
    }
}

fn share(setting: &Setting, out: &mut Outcome<'_>) {
    let link = Link::of(&setting.value);
    if matches!(link, Link::Share(_)) {
        let at = Location::line(setting.line);
        if let Some(ioc) = link.ioc(at.clone(), &setting.key) {
            out.ioc(ioc);
        }
        out.raise(SHORTCUT_TO_SHARE, at, format!("{}={}", setting.key, setting.value));
    }
}

/// The places a library or search connector shows, MS-SHLLINK's XML kin: `<url>`.
fn library(text: &str, out: &mut Outcome<'_>) {
    let lower = text.to_ascii_lowercase();
    for (at, _) in lower.match_indices("<url>").take(100) {
        let start = at.saturating_add(5);
        let Some(target) = text.get(start..).and_then(|rest| rest.split('<').next()) else { continue };
        let link = Link::of(target);
        let place = Location::at(start);
        if let Some(ioc) = link.ioc(place.clone(), "library") {
            out.ioc(ioc);
        }
        if matches!(link, Link::Share(_) | Link::Web(_)) {
            out.raise_as(SHORTCUT_TO_SHARE, Severity::Critical, true, place, target.trim());
        }
    }
}

/// `Exec`, Desktop Entry Specification §6.
fn desktop(view: &SettingsView, out: &mut Outcome<'_>) {
    for setting in view.all("exec") {
        let value = setting.value.to_lowercase();
        let is_shell = ["sh -c", "bash ", "curl", "wget", "base64", "python", "/tmp/", "| sh", "xxd", "echo "]
            .iter()
            .any(|word| value.contains(word));
        let severity = if is_shell { DESKTOP_ENTRY_RUNS.severity } else { Severity::High };
        out.raise_as(DESKTOP_ENTRY_RUNS, severity, false, Location::line(setting.line), setting.value.clone());
    }
    for setting in view.all("url") {
        if let Some(ioc) = Link::of(&setting.value).ioc(Location::line(setting.line), "shortcut") {
            out.ioc(ioc);
        }
    }
}

/// Where a remote desktop file connects, and what of this machine it lends to the other.
fn rdp(view: &SettingsView, out: &mut Outcome<'_>) {
    let Some(setting) = view.all("full address").chain(view.all("alternate full address")).next() else { return };
    let host = setting.value.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok());
    let host = host.map_or(setting.value.as_str(), |(host, _)| host);
    let at = Location::line(setting.line);
    let kind = if host.parse::<std::net::Ipv4Addr>().is_ok() { IocKind::Ipv4 } else { IocKind::Domain };
    if !host.is_empty() {
        out.ioc(Ioc::new(kind, host.to_lowercase(), at.clone()).with_context("remote desktop"));
    }
    let lent: Vec<&str> = [
        ("drivestoredirect", "drives"),
        ("redirectclipboard", "clipboard"),
        ("redirectsmartcards", "smart cards"),
        ("redirectprinters", "printers"),
        ("redirectwebauthn", "security keys"),
        ("remoteapplicationmode", "a program shown as local"),
    ]
    .into_iter()
    .filter(|(key, _)| view.get(key).is_some_and(|value| !value.is_empty() && value != "0"))
    .map(|(_, what)| what)
    .collect();
    let is_inside = !host.contains('.') || host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_private());
    let severity = if lent.is_empty() || is_inside { Severity::Medium } else { RDP_FILE.severity };
    out.raise_as(RDP_FILE, severity, false, at, format!("{host}, lends {}", lent.join(", ")));
}
