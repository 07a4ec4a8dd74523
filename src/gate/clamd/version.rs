//! VERSION. Clients compare its beginning with `ClamAV `, take the numbers after it for a version, the second field for the
//! number of the signatures and the third, as ctime(3) writes it, for their date; some refuse to go on when one of these
//! is not there. So it is said as browsers say `Mozilla/5.0`: the version whose replies ours are equal to, then who it is.

use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// The version of ClamAV whose replies ours are equal to.
const LIKE: &str = "1.4.6";
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The rules in force and when they came to be so.
static IN_FORCE: Mutex<Option<(String, SystemTime)>> = Mutex::new(None);

/// `ClamAV 1.4.6-sekisho-0.1.0/123456/Tue Nov 24 10:00:00 2026`: rules with this digest, and when this process first had
/// them in force.
pub(super) fn with_rules(rules: &str) -> String {
    let mut in_force = IN_FORCE.lock().unwrap_or_else(PoisonError::into_inner);
    let since = match in_force.as_ref() {
        Some((known, since)) if known == rules => *since,
        _ => {
            let now = SystemTime::now();
            *in_force = Some((rules.to_owned(), now));
            now
        }
    };
    text(rules, since)
}

fn text(rules: &str, since: SystemTime) -> String {
    // A number, because clients read one; it is no serial number, but another for other rules.
    let number = rules.get(..5).and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or_default();
    let seconds = since.duration_since(UNIX_EPOCH).map_or(0, |past| past.as_secs());
    format!("ClamAV {LIKE}-sekisho-{}/{number}/{}", env!("CARGO_PKG_VERSION"), ctime(seconds))
}

/// Seconds since 1970 as ctime(3) writes them, in UTC.
fn ctime(seconds: u64) -> String {
    let (days, of_day) = (seconds / 86_400, seconds % 86_400);
    // Days to year, month and day, counted in eras of 400 years from March 1st of the year 0 (H. Hinnant, "chrono-compatible
    // low-level date algorithms").
    let shifted = days.saturating_add(719_468);
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era.saturating_sub(365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_based = (5 * of_year + 2) / 153;
    let day = of_year.saturating_sub((153 * march_based + 2) / 5).saturating_add(1);
    let month = if march_based < 10 { march_based + 2 } else { march_based.saturating_sub(10) };
    let year = (shifted / 146_097 * 400).saturating_add(year_of_era).saturating_add(u64::from(month < 2));
    let named = |names: &'static [&'static str], at: u64| {
        usize::try_from(at).ok().and_then(|at| names.get(at)).copied().unwrap_or("???")
    };
    format!(
        "{} {} {day:>2} {:02}:{:02}:{:02} {year}",
        named(&WEEKDAYS, days % 7),
        named(&MONTHS, month),
        of_day / 3_600,
        of_day / 60 % 60,
        of_day % 60
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_date_is_as_ctime_writes_it() {
        assert_eq!(ctime(0), "Thu Jan  1 00:00:00 1970");
        assert_eq!(ctime(951_782_400), "Tue Feb 29 00:00:00 2000");
        assert_eq!(ctime(1_795_518_671), "Tue Nov 24 11:11:11 2026");
        assert_eq!(ctime(4_107_542_399), "Sun Feb 28 23:59:59 2100");
        assert_eq!(ctime(4_107_542_400), "Mon Mar  1 00:00:00 2100");
    }

    #[test]
    fn each_field_is_there_for_those_who_take_it_apart() {
        let version = text("00abc0ffee", UNIX_EPOCH + Duration::from_secs(1_795_518_671));
        assert_eq!(
            version,
            format!("ClamAV 1.4.6-sekisho-{}/2748/Tue Nov 24 11:11:11 2026", env!("CARGO_PKG_VERSION"))
        );
        assert_eq!(version.split('/').count(), 3);
    }
}
