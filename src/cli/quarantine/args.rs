//! What can be typed after `sekisho quarantine`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::super::args::{Lang, ListFormat};

/// See and decide what happens to quarantined mail.
#[derive(Debug, Args)]
#[command(after_help = "\
The daemon may be running. An id may be shortened as long as it stays the only one.

Exit status:
  0   done
  1   not done: the server did not take the mail, or the check found something
  64  the command line is wrong, or the store cannot be read

Examples:
  sekisho quarantine list --since 2d --recipient @example.com
  sekisho quarantine show 3f9c
  sekisho quarantine release 3f9c
  sekisho quarantine release --yes --to desk@example.com 3f9c
  sekisho quarantine delete 3f9c")]
pub(crate) struct QuarantineArgs {
    #[command(subcommand)]
    pub(crate) command: QuarantineCommand,

    /// The daemon's configuration; it says where the store is and where released mail goes
    #[arg(long, value_name = "FILE", default_value = "/etc/sekisho/sekisho.toml", global = true)]
    pub(crate) config: PathBuf,

    /// The folder of the store, instead of the one in the configuration
    #[arg(long, value_name = "FOLDER", global = true)]
    pub(crate) store: Option<PathBuf>,

    /// The key of the store given with --store [default: the file `key` in it]
    #[arg(long, value_name = "FILE", global = true, requires = "store")]
    pub(crate) key: Option<PathBuf>,

    /// How to write what is shown
    #[arg(short, long, value_enum, default_value = "text", global = true)]
    pub(crate) format: ListFormat,

    /// Language of texts
    #[arg(long, value_enum, default_value = "en", global = true)]
    pub(crate) lang: Lang,
}

#[derive(Debug, Subcommand)]
pub(crate) enum QuarantineCommand {
    /// List quarantined mails, the latest first
    List(ListArgs),
    /// Show one with its report's reasons and what happened to it
    Show {
        /// Its id
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Hand a mail back to the mail server, with the envelope it had
    Release(ReleaseArgs),
    /// Remove mails for good. Their bytes are not overwritten; without the store's key they cannot be read
    Delete {
        /// Their ids
        #[arg(value_name = "ID", required = true)]
        ids: Vec<String>,
    },
    /// Write a mail as it came to standard output. It may be dangerous
    Export {
        /// Its id
        #[arg(value_name = "ID")]
        id: String,
    },
    /// List mails that were let through and judged worse later
    Alerts,
    /// Read everything and say what is missing, damaged or left over
    Check {
        /// Make entries again of files the database does not know
        #[arg(long)]
        adopt: bool,
    },
}

/// Which to list.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Not older than this: 90m, 12h, 7d, or a day such as 2016-03-15 (UTC)
    #[arg(long, value_name = "TIME", value_parser = since)]
    pub(crate) since: Option<Since>,

    /// Text the sender contains
    #[arg(long, value_name = "TEXT")]
    pub(crate) sender: Option<String>,

    /// Text a recipient contains
    #[arg(long, value_name = "TEXT")]
    pub(crate) recipient: Option<String>,

    /// The verdict as it stands
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub(crate) verdict: Option<LevelArg>,

    /// The state
    #[arg(long, value_enum, value_name = "STATE")]
    pub(crate) state: Option<StateArg>,

    /// At most so many; 0 for all
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    pub(crate) limit: usize,
}

/// What to release, and to whom.
#[derive(Debug, Args)]
pub(crate) struct ReleaseArgs {
    /// Their ids
    #[arg(value_name = "ID", required = true)]
    pub(crate) ids: Vec<String>,

    /// To this address instead of the recipients; may be given several times
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) to: Vec<String>,

    /// Release a mail that was judged malicious
    #[arg(long)]
    pub(crate) yes: bool,

    /// Once more, though it was released or may have been
    #[arg(long)]
    pub(crate) again: bool,

    /// Server and port, instead of those in the configuration
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) server: Option<String>,
}

/// A point in time: so many seconds ago, or seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    /// Seconds before now.
    Ago(i64),
    /// Seconds since 1970.
    At(i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LevelArg {
    /// Read completely, nothing found
    Clean,
    /// Not everything could be read
    Unscannable,
    /// Something failed
    Error,
    /// A person should look
    Suspicious,
    /// Nobody should open it
    Malicious,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StateArg {
    /// Kept
    Held,
    /// A release was begun and not ended
    Releasing,
    /// Handed back
    Released,
}

fn since(text: &str) -> Result<Since, String> {
    let wrong = || format!("{text} is no time such as 12h, 7d or 2016-03-15");
    let parts: Vec<&str> = text.split('-').collect();
    if let [year, month, day] = parts[..] {
        let number = |part: &str| part.parse::<i64>().map_err(|_| wrong());
        let (year, month, day) = (number(year)?, number(month)?, number(day)?);
        if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return Err(wrong());
        }
        return Ok(Since::At(super::time::days(year, month, day).saturating_mul(86_400)));
    }
    let unit = match text.chars().last() {
        Some('m') => 60,
        Some('h') => 3_600,
        Some('d') => 86_400,
        _ => return Err(wrong()),
    };
    let count: i64 = text.get(..text.len().saturating_sub(1)).unwrap_or_default().parse().map_err(|_| wrong())?;
    if count < 0 { Err(wrong()) } else { Ok(Since::Ago(count.saturating_mul(unit))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        assert_eq!(since("12h"), Ok(Since::Ago(43_200)));
        assert_eq!(since("2016-03-15"), Ok(Since::At(1_458_000_000)));
        for wrong in ["", "12", "h", "-3d", "2016-13-01", "2016-03", "時"] {
            assert!(since(wrong).is_err(), "{wrong}");
        }
    }
}
