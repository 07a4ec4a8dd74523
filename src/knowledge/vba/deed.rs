//! What code does to the machine, as `rules/indicators/vba-capabilities.toml` grades it.

use serde::Deserialize;

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
