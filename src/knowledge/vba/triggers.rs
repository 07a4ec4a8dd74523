//! What starts VBA code: `rules/indicators/vba-triggers.toml`.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// When a procedure starts by itself. Ordered by how little the recipient must do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TriggerKind {
    /// When the document opens.
    Open,
    /// When a control appears, without a click.
    Shown,
    /// When the document closes.
    Close,
    /// By the clock.
    Timer,
    /// In the place of a command of the host.
    Command,
    /// While a person works with the document.
    Use,
    /// On a click or key.
    Click,
}

impl TriggerKind {
    /// Whether opening and closing the document is enough.
    pub const fn is_automatic(self) -> bool {
        matches!(self, TriggerKind::Open | TriggerKind::Shown | TriggerKind::Close)
    }

    /// When it starts, in English and Japanese.
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            TriggerKind::Open => ("when the document opens", "文書を開いたとき"),
            TriggerKind::Shown => ("when a control appears", "部品が表示されたとき"),
            TriggerKind::Close => ("when the document closes", "文書を閉じるとき"),
            TriggerKind::Timer => ("by the clock", "一定の時刻に"),
            TriggerKind::Command => ("instead of a command", "コマンドの代わりに"),
            TriggerKind::Use => ("while a person works with the document", "文書の操作中に"),
            TriggerKind::Click => ("on a click or key", "クリックやキー操作で"),
        }
    }

    /// Lower-case name, as in machine output.
    pub const fn as_str(self) -> &'static str {
        match self {
            TriggerKind::Open => "open",
            TriggerKind::Shown => "shown",
            TriggerKind::Close => "close",
            TriggerKind::Timer => "timer",
            TriggerKind::Command => "command",
            TriggerKind::Use => "use",
            TriggerKind::Click => "click",
        }
    }
}

#[derive(Debug, Deserialize)]
struct TriggerTable {
    created: Vec<String>,
    called_by_text: Vec<String>,
    trigger: Vec<TriggerRow>,
}

#[derive(Debug, Deserialize)]
struct TriggerRow {
    kind: TriggerKind,
    names: Vec<String>,
    suffixes: Vec<String>,
}

/// What starts procedures.
#[derive(Debug)]
pub struct Triggers {
    /// Procedures of forms and classes, which run when code creates them.
    pub created: Vec<String>,
    /// Calls that name a procedure in a text.
    pub called_by_text: Vec<String>,
    names: HashMap<String, TriggerKind>,
    suffixes: HashMap<String, TriggerKind>,
}

impl Triggers {
    /// What starts the procedure with this lower-case name, if anything does.
    pub fn kind(&self, name: &str) -> Option<TriggerKind> {
        if self.created.iter().any(|created| created == name) {
            return None;
        }
        let by_suffix = || {
            name.rsplit_once('_')
                .filter(|(object, _)| !object.is_empty())
                .and_then(|(_, event)| self.suffixes.get(event))
        };
        self.names.get(name).or_else(by_suffix).copied()
    }

    /// Whether only the event's name after the underscore makes it one: it needs an object that sends it.
    pub fn is_event(&self, name: &str) -> bool {
        !self.names.contains_key(name)
    }
}

static TRIGGERS: LazyLock<Triggers> = LazyLock::new(|| {
    let table: TriggerTable =
        super::super::shipped("vba-triggers.toml", include_str!("../../../rules/indicators/vba-triggers.toml"));
    let mut names = HashMap::new();
    let mut suffixes = HashMap::new();
    for row in table.trigger {
        names.extend(row.names.into_iter().map(|name| (name, row.kind)));
        suffixes.extend(row.suffixes.into_iter().map(|suffix| (suffix, row.kind)));
    }
    Triggers { created: table.created, called_by_text: table.called_by_text, names, suffixes }
});

/// What starts procedures.
pub fn triggers() -> &'static Triggers {
    &TRIGGERS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triggers_by_name_and_by_event() {
        assert_eq!(triggers().kind("autoopen"), Some(TriggerKind::Open));
        assert_eq!(triggers().kind("inkpicture1_painted"), Some(TriggerKind::Shown));
        assert_eq!(triggers().kind("commandbutton1_click"), Some(TriggerKind::Click));
        assert_eq!(triggers().kind("worksheet_change"), Some(TriggerKind::Use));
        assert_eq!(triggers().kind("userform_layout"), None);
        assert_eq!(triggers().kind("openreport"), None);
    }

    #[test]
    fn every_host_has_its_triggers() {
        let kind = |name: &str| triggers().kind(name);
        for name in [
            "autoexec",
            "autoopen",
            "documentopen",
            "documentchange",
            "autonew",
            "document_new",
            "newdocument",
            "document_open",
            "auto_open",
            "workbook_open",
            "workbook_activate",
            "auto_ope",
            "worksheet_calculate",
            "app_presentationopen",
            "onslideshowpagechange",
            "auto_activate",
            "workbook_windowactivate",
            "workbook_addininstall",
            "application_startup",
            "document_xmlafterinsert",
            "document_sync",
            "form_load",
            "acadstartup",
            "onstartapp",
            "x_documentopen",
            "app_slideshownextslide",
        ] {
            assert_eq!(kind(name), Some(TriggerKind::Open), "{name}");
        }
        for name in [
            "autoexit",
            "autoclose",
            "document_close",
            "documentbeforeclose",
            "document_beforeclose",
            "auto_close",
            "workbook_close",
            "workbook_beforeclose",
            "workbook_deactivate",
        ] {
            assert_eq!(kind(name), Some(TriggerKind::Close), "{name}");
        }
        for event in [
            "painted",
            "painting",
            "gotfocus",
            "mousehover",
            "resize",
            "beforenavigate2",
            "beforescriptexecute",
            "documentcomplete",
            "downloadbegin",
            "downloadcomplete",
            "filedownload",
            "navigatecomplete2",
            "navigateerror",
            "progresschange",
            "propertychange",
            "setsecurelockicon",
            "statustextchange",
            "titlechange",
            "mousemove",
            "mouseenter",
            "mouseleave",
            "layout",
            "onconnecting",
        ] {
            assert_eq!(kind(&format!("x1_{event}")), Some(TriggerKind::Shown), "{event}");
        }
        for name in [
            "x_lostfocus",
            "x_change",
            "x_followhyperlink",
            "x_contentcontrolonenter",
            "workbook_beforesave",
            "worksheet_activate",
            "worksheet_selectionchange",
            "workbook_sheetactivate",
            "application_newmail",
            "document_beforeprint",
        ] {
            assert_eq!(kind(name), Some(TriggerKind::Use), "{name}");
        }
        assert_eq!(kind("x_click"), Some(TriggerKind::Click));
        assert_eq!(kind("filesave"), Some(TriggerKind::Command));
        assert_eq!(kind("form_timer"), Some(TriggerKind::Timer));
        // Reached from others only.
        assert_eq!(kind("userform_initialize").or(kind("class_initialize")).or(kind("main")), None);
    }
}
