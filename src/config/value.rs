//! Values as people write them: `"64M"`, `"5m"`, `"inet:127.0.0.1:8893"`. Each kind is read, written again in the same
//! spelling, and described.

use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::de::DeValue;

use super::listen;
use super::settings::Listen;

/// What a key may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Flag,
    /// A whole number within bounds, both included.
    Count(u64, u64),
    /// Bytes within bounds, written `64M`.
    Size(u64, u64),
    /// A duration within bounds in seconds, written `5m`.
    Time(u64, u64),
    /// Any text.
    Text,
    /// A list of texts.
    Texts,
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// A file or folder.
    Path,
    /// A list of files or folders.
    Paths,
    /// Where a door listens: one address or a list.
    Listens,
    /// A table of names and texts.
    Pairs,
}

/// What a key holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// For [`Kind::Flag`].
    Flag(bool),
    /// For [`Kind::Count`] and, in bytes, [`Kind::Size`].
    Number(u64),
    /// For [`Kind::Time`].
    Time(Duration),
    /// For [`Kind::Text`] and [`Kind::Choice`]; nothing if it is not set and there is no default.
    Text(Option<String>),
    /// For [`Kind::Texts`].
    Texts(Vec<String>),
    /// For [`Kind::Path`]; nothing as with [`Value::Text`].
    Path(Option<PathBuf>),
    /// For [`Kind::Paths`].
    Paths(Vec<PathBuf>),
    /// For [`Kind::Listens`].
    Listens(Vec<Listen>),
    /// For [`Kind::Pairs`].
    Pairs(Vec<(String, String)>),
}

impl Kind {
    /// Reads a value. Relative paths are taken from `base`. The error says what is allowed.
    pub(super) fn read(self, given: &DeValue<'_>, base: &Path) -> Result<Value, String> {
        let is_wrong = || format!("must be {}", self.describe());
        let text = |value: &DeValue<'_>| value.as_str().map(str::to_owned).ok_or_else(is_wrong);
        Ok(match self {
            Kind::Flag => Value::Flag(given.as_bool().ok_or_else(is_wrong)?),
            Kind::Count(least, most) => Value::Number(within(integer(given).ok_or_else(is_wrong)?, least, most, self)?),
            Kind::Size(least, most) => {
                let bytes = integer(given).or_else(|| given.as_str().and_then(bytes)).ok_or_else(is_wrong)?;
                Value::Number(within(bytes, least, most, self)?)
            }
            Kind::Time(least, most) => {
                if let Some(number) = integer(given) {
                    return Err(format!("needs a unit: write \"{number}s\" if seconds are meant"));
                }
                let time = given.as_str().and_then(duration).ok_or_else(is_wrong)?;
                if time < Duration::from_secs(least) || time > Duration::from_secs(most) {
                    return Err(is_wrong());
                }
                Value::Time(time)
            }
            Kind::Text => Value::Text(Some(text(given)?)),
            Kind::Choice(words) => {
                let word = text(given)?;
                if !words.contains(&word.as_str()) {
                    return Err(is_wrong());
                }
                Value::Text(Some(word))
            }
            Kind::Texts => Value::Texts(list(given, text).ok_or_else(is_wrong)??),
            Kind::Path => Value::Path(Some(below(base, &text(given)?)?)),
            Kind::Paths => {
                let path = |value: &DeValue<'_>| below(base, &text(value)?);
                Value::Paths(list(given, path).ok_or_else(is_wrong)??)
            }
            Kind::Listens => {
                let address = |value: &DeValue<'_>| listen::read(&text(value)?, base);
                if given.as_str().is_some() {
                    return Ok(Value::Listens(vec![address(given)?]));
                }
                Value::Listens(list(given, address).ok_or_else(is_wrong)??)
            }
            Kind::Pairs => {
                let table = given.as_table().ok_or_else(is_wrong)?;
                let pair = |(name, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
                    let name: &std::borrow::Cow<'_, str> = name.as_ref();
                    Ok((name.clone().into_owned(), text(value.as_ref())?))
                };
                Value::Pairs(table.iter().map(pair).collect::<Result<_, String>>()?)
            }
        })
    }

    /// What is allowed, to follow "must be".
    pub fn describe(self) -> String {
        match self {
            Kind::Flag => "true or false".to_owned(),
            Kind::Count(least, u64::MAX) => format!("a whole number, at least {least}"),
            Kind::Count(least, most) => format!("a whole number from {least} to {most}"),
            Kind::Size(least, most) => {
                format!("a size such as \"64M\", from {} to {}", write_bytes(least), write_bytes(most))
            }
            Kind::Time(least, most) => format!(
                "a duration such as \"30s\", \"5m\", \"12h\" or \"14d\", from {} to {}",
                write_duration(Duration::from_secs(least)),
                write_duration(Duration::from_secs(most)),
            ),
            Kind::Text => "a text".to_owned(),
            Kind::Texts => "a list of texts".to_owned(),
            Kind::Choice(words) => {
                let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                match quoted.split_last() {
                    Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
                    _ => quoted.join(""),
                }
            }
            Kind::Path => "a path".to_owned(),
            Kind::Paths => "a list of paths".to_owned(),
            Kind::Listens => {
                "an address or a list of addresses: \"inet:127.0.0.1:8893\", \"unix:/run/sekisho/milter.sock\" or \
                 \"systemd:name\""
                    .to_owned()
            }
            Kind::Pairs => "a table of names and texts".to_owned(),
        }
    }

    /// The value as TOML; nothing if it is not set.
    pub(super) fn write(self, value: &Value) -> Option<String> {
        Some(match value {
            Value::Flag(flag) => flag.to_string(),
            Value::Number(bytes) if matches!(self, Kind::Size(..)) => quote(&write_bytes(*bytes)),
            Value::Number(number) => number.to_string(),
            Value::Time(time) => quote(&write_duration(*time)),
            Value::Text(text) => quote(text.as_deref()?),
            Value::Texts(texts) => array(texts.iter().map(|text| quote(text))),
            Value::Path(path) => quote(&path.as_deref()?.to_string_lossy()),
            Value::Paths(paths) => array(paths.iter().map(|path| quote(&path.to_string_lossy()))),
            Value::Listens(listens) => array(listens.iter().map(|listen| quote(&listen::write(listen)))),
            Value::Pairs(pairs) => {
                let pairs: Vec<String> =
                    pairs.iter().map(|(name, value)| format!("{} = {}", quote(name), quote(value))).collect();
                if pairs.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", pairs.join(", ")) }
            }
        })
    }
}

fn integer(given: &DeValue<'_>) -> Option<u64> {
    let number = given.as_integer()?;
    u64::from_str_radix(number.as_str(), number.radix()).ok()
}

fn within(number: u64, least: u64, most: u64, kind: Kind) -> Result<u64, String> {
    if (least..=most).contains(&number) { Ok(number) } else { Err(format!("must be {}", kind.describe())) }
}

fn list<T>(given: &DeValue<'_>, one: impl Fn(&DeValue<'_>) -> Result<T, String>) -> Option<Result<Vec<T>, String>> {
    Some(given.as_array()?.iter().map(|value| one(value.as_ref())).collect())
}

/// A path as a configuration in folder `base` means it.
pub(super) fn below(base: &Path, text: &str) -> Result<PathBuf, String> {
    if text.is_empty() || text.contains('\0') {
        return Err("must be a path".to_owned());
    }
    Ok(base.join(text))
}

/// A text as TOML writes it.
pub(super) fn quote(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn array(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

const SIZE_UNITS: [(&str, u32); 4] = [("T", 40), ("G", 30), ("M", 20), ("K", 10)];

/// `64M`, `64 MiB`, `1G`, `4096` to bytes; units are powers of 1024.
pub(super) fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text.get(..end)?.parse().ok()?;
    let unit = text.get(end..)?.trim().to_ascii_uppercase();
    let unit = unit.strip_suffix("IB").or_else(|| unit.strip_suffix('B')).unwrap_or(&unit);
    if unit.is_empty() {
        return Some(number);
    }
    let (_, shift) = SIZE_UNITS.iter().find(|(name, _)| *name == unit)?;
    number.checked_mul(1u64.checked_shl(*shift)?)
}

/// Bytes in the largest unit that divides them.
pub(super) fn write_bytes(bytes: u64) -> String {
    for (unit, shift) in SIZE_UNITS {
        let factor = 1u64 << shift;
        if bytes >= factor && bytes.is_multiple_of(factor) {
            return format!("{}{unit}", bytes >> shift);
        }
    }
    bytes.to_string()
}

const TIME_UNITS: [(&str, u64); 6] =
    [("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// `30s`, `5m`, `1h30m`, `14d` to a duration.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total = 0u64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest.get(..digits)?.parse().ok()?;
        let after = rest.get(digits..)?.trim_start();
        let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (_, factor) = TIME_UNITS.iter().find(|(unit, _)| Some(*unit) == after.get(..end))?;
        total = total.checked_add(number.checked_mul(*factor)?)?;
        rest = after.get(end..)?.trim_start();
    }
    Some(Duration::from_millis(total))
}

/// A duration in the largest unit that divides it, weeks excepted: people say 14 days.
pub(super) fn write_duration(time: Duration) -> String {
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    if millis == 0 {
        return "0s".to_owned();
    }
    for (unit, factor) in TIME_UNITS.into_iter().skip(1) {
        if millis.is_multiple_of(factor) {
            return format!("{}{unit}", millis / factor);
        }
    }
    format!("{millis}ms")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them_and_written_short() {
        for (text, bytes_meant, written) in [
            ("64M", 64 << 20, "64M"),
            ("64 MiB", 64 << 20, "64M"),
            ("1024k", 1 << 20, "1M"),
            ("1536", 1_536, "1536"),
            ("2gb", 2 << 30, "2G"),
        ] {
            assert_eq!(bytes(text), Some(bytes_meant), "{text}");
            assert_eq!(write_bytes(bytes_meant), written, "{text}");
        }
        for wrong in ["", "M", "64X", "-1M", "1.5G", "99999999999999999999", "18446744073709551615K"] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn durations_need_a_unit() {
        for (text, seconds, written) in [
            ("30s", 30, "30s"),
            ("5m", 300, "5m"),
            ("1h30m", 5_400, "90m"),
            ("14d", 1_209_600, "14d"),
            ("2w", 1_209_600, "14d"),
        ] {
            assert_eq!(duration(text), Some(Duration::from_secs(seconds)), "{text}");
            assert_eq!(write_duration(Duration::from_secs(seconds)), written, "{text}");
        }
        assert_eq!(duration("250ms"), Some(Duration::from_millis(250)));
        for wrong in ["", "30", "s", "5 minutes", "99999999999999d", "-5s"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }
}
