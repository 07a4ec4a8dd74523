//! What starts VBA code, and what it can do: `rules/indicators/vba-triggers.toml` and `vba-capabilities.toml`.

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
}

impl TriggerKind {
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

/// What code does to the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// Starts a program or foreign code.
    Execute,
    /// Fetches from the network.
    Download,
    /// Writes bytes or a program to a file.
    Write,
    /// Writes or copies some file.
    WriteText,
    /// Deletes files.
    Delete,
    /// Saves a document.
    Save,
    /// Presses keys, drives windows.
    Automate,
    /// Changes macros.
    Modify,
    /// Writes the registry or other settings.
    Registry,
    /// Sends mail.
    Mail,
    /// Makes or fills memory that can be run.
    Memory,
    /// Copies memory.
    Copy,
    /// Runs code at an address.
    Start,
    /// Hands an address out to be called, for which honest code has uses.
    Callback,
    /// Reads the environment.
    Look,
}

impl Deed {
    /// A few words for a reader, in English and Japanese.
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Deed::Execute => ("starts a program or foreign code", "プログラムを起動"),
            Deed::Download => ("fetches from the network", "ネットワークから取得"),
            Deed::Write => ("writes a program or bytes to a file", "プログラムやバイト列をファイルに書き出し"),
            Deed::WriteText => ("writes or copies a file", "ファイルを書き出し・コピー"),
            Deed::Delete => ("deletes files", "ファイルを削除"),
            Deed::Save => ("saves a document", "文書を保存"),
            Deed::Automate => ("presses keys or drives windows", "キー操作・画面操作"),
            Deed::Modify => ("changes macros", "マクロを書き換え"),
            Deed::Registry => ("writes settings", "設定を書き込み"),
            Deed::Mail => ("sends mail", "メールを送信"),
            Deed::Memory => ("makes memory that can be run", "実行できるメモリを用意"),
            Deed::Copy => ("copies memory", "メモリをコピー"),
            Deed::Start => ("runs code at an address", "メモリ上のコードを実行"),
            Deed::Callback => ("hands out an address to be called", "呼び出されるアドレスを渡す"),
            Deed::Look => ("reads the environment", "環境を参照"),
        }
    }

    /// Kebab-case name, as in machine output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Deed::Execute => "execute",
            Deed::Download => "download",
            Deed::Write => "write",
            Deed::WriteText => "write-text",
            Deed::Delete => "delete",
            Deed::Save => "save",
            Deed::Automate => "automate",
            Deed::Modify => "modify",
            Deed::Registry => "registry",
            Deed::Mail => "mail",
            Deed::Memory => "memory",
            Deed::Copy => "copy",
            Deed::Start => "start",
            Deed::Callback => "callback",
            Deed::Look => "look",
        }
    }

    /// Whether it starts foreign code.
    pub const fn executes(self) -> bool {
        matches!(self, Deed::Execute | Deed::Memory | Deed::Start)
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
        super::shipped("vba-triggers.toml", include_str!("../../rules/indicators/vba-triggers.toml"));
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

#[derive(Debug, Deserialize)]
struct CapabilityTable {
    call: Vec<CallRow>,
    member: Vec<CallRow>,
    object: Vec<ObjectRow>,
    api: Vec<CallRow>,
    gate: Vec<Gate>,
    settings: Settings,
    words: Words,
}

/// Names that do something, possibly only with certain arguments.
#[derive(Debug, Deserialize)]
struct CallRow {
    names: Vec<String>,
    does: Deed,
    #[serde(default)]
    argument: Vec<String>,
    #[serde(default)]
    known: bool,
}

/// What code asks about the machine or the person before it acts.
#[derive(Debug, Deserialize)]
pub struct Gate {
    /// What that tells.
    pub tests: String,
    /// Names that ask it.
    #[serde(default)]
    pub names: Vec<String>,
    /// Texts that ask it.
    #[serde(default)]
    pub texts: Vec<String>,
}

/// Texts that name settings, and members that lead out of the code.
#[derive(Debug, Deserialize)]
pub struct Settings {
    /// Settings that keep Office from protecting its user.
    pub weakening: Vec<String>,
    /// Places from which something starts again.
    pub persisting: Vec<String>,
    /// Members that hold what a document keeps outside its code.
    pub documents: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct ObjectRow {
    ids: Vec<String>,
    members: Vec<String>,
    does: Deed,
}

/// Words around capabilities.
#[derive(Debug, Deserialize)]
pub struct Words {
    /// Calls that make an object from a text.
    pub makers: Vec<String>,
    /// Programs a command line may start without harm.
    pub harmless_programs: Vec<String>,
    /// Programs that run what their command line says.
    pub interpreters: Vec<String>,
    /// What makes such a command line fetch or hide something.
    pub fetching: Vec<String>,
    /// Worth hiding in pieces.
    pub revealing: Vec<String>,
}

/// A name that does something.
#[derive(Debug, Clone)]
pub struct Capability {
    /// What it does.
    pub does: Deed,
    /// Counted only with one of these words in its arguments, or with arguments that cannot be known.
    pub argument: Vec<String>,
    /// Arguments that cannot be known do not count.
    pub needs_known: bool,
}

/// An object's way to do something.
#[derive(Debug, Clone)]
pub struct ObjectDeed {
    /// What it does.
    pub does: Deed,
    /// Members that do it; empty if creating it does.
    pub members: Vec<String>,
}

/// What code can do, by name.
#[derive(Debug)]
pub struct Capabilities {
    /// Functions and statements.
    pub calls: HashMap<String, Capability>,
    /// Members of whatever object.
    pub members: HashMap<String, Capability>,
    /// Objects, by ProgID, class name or CLSID without braces.
    pub objects: HashMap<String, Vec<ObjectDeed>>,
    /// Library functions, without a trailing A or W.
    pub apis: HashMap<String, Deed>,
    /// Questions about the machine, in the order of the table.
    pub gates: Vec<Gate>,
    /// Settings and places.
    pub settings: Settings,
    /// Words around them.
    pub words: Words,
}

static CAPABILITIES: LazyLock<Capabilities> = LazyLock::new(|| {
    let table: CapabilityTable =
        super::shipped("vba-capabilities.toml", include_str!("../../rules/indicators/vba-capabilities.toml"));
    let graded = |rows: Vec<CallRow>| -> HashMap<String, Capability> {
        let mut found = HashMap::new();
        for row in rows {
            for name in row.names {
                let capability = Capability { does: row.does, argument: row.argument.clone(), needs_known: row.known };
                let _ = found.insert(name, capability);
            }
        }
        found
    };
    let plain = |rows: Vec<CallRow>| -> HashMap<String, Deed> {
        rows.into_iter().flat_map(|row| row.names.into_iter().map(move |name| (name, row.does))).collect()
    };
    let mut objects: HashMap<String, Vec<ObjectDeed>> = HashMap::new();
    for row in table.object {
        for id in row.ids {
            objects.entry(id).or_default().push(ObjectDeed { does: row.does, members: row.members.clone() });
        }
    }
    Capabilities {
        calls: graded(table.call),
        members: graded(table.member),
        objects,
        apis: plain(table.api),
        gates: table.gate,
        settings: table.settings,
        words: table.words,
    }
});

/// What code can do.
pub fn capabilities() -> &'static Capabilities {
    &CAPABILITIES
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

    #[test]
    fn a_dictionary_is_harmless() {
        assert!(!capabilities().objects.contains_key("scripting.dictionary"));
        assert!(capabilities().objects.contains_key("wscript.shell"));
        assert!(capabilities().apis.contains_key("urldownloadtofile"));
    }
}
