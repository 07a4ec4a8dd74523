//! The time in a `Date` field (RFC 5322 section 3.3, with the obsolete zones of section 4.3).

/// Seconds since 1970 in UTC. An unknown zone counts as UTC.
pub(crate) fn seconds(field: &str) -> Option<i64> {
    let field = super::eml::header::without_comments(field);
    let mut words = field.split([' ', '\t', ',', '\r', '\n']).filter(|word| !word.is_empty()).peekable();
    if words.peek().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_alphabetic())) {
        let _ = words.next();
    }
    let day: i64 = words.next()?.parse().ok().filter(|day| (1..=31).contains(day))?;
    let month = month(words.next()?)?;
    let year: i64 = words.next()?.parse().ok().filter(|year| (0..=9_999).contains(year))?;
    // Two digits, section 4.3.
    let year = match year {
        0..=49 => year.saturating_add(2_000),
        50..=999 => year.saturating_add(1_900),
        _ => year,
    };
    let mut clock =
        words.next()?.split(':').map(|part| part.parse::<i64>().ok().filter(|part| (0..=60).contains(part)));
    let (hour, minute) = (clock.next()??, clock.next()??);
    let second = clock.next().flatten().unwrap_or(0);
    let offset = words.next().and_then(zone).unwrap_or(0);
    let days = days_from_civil(year, month, day);
    let in_day = hour.saturating_mul(3_600).saturating_add(minute.saturating_mul(60)).saturating_add(second);
    Some(days.saturating_mul(86_400).saturating_add(in_day).saturating_sub(offset))
}

fn month(word: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let start = word.get(..3)?.to_ascii_lowercase();
    (1i64..).zip(MONTHS).find(|(_, name)| *name == start).map(|(number, _)| number)
}

/// Seconds east of Greenwich.
fn zone(word: &str) -> Option<i64> {
    let (sign, digits) = match (word.strip_prefix('+'), word.strip_prefix('-')) {
        (Some(digits), _) => (1, digits),
        (_, Some(digits)) => (-1, digits),
        _ => {
            let hours = match word.to_ascii_uppercase().as_str() {
                "EDT" => -4,
                "EST" | "CDT" => -5,
                "CST" | "MDT" => -6,
                "MST" | "PDT" => -7,
                "PST" => -8,
                "JST" => 9,
                _ => 0,
            };
            return Some(i64::saturating_mul(hours, 3_600));
        }
    };
    let number: i64 = digits.parse().ok().filter(|_| digits.len() == 4)?;
    let (hours, minutes) = (number.checked_div(100)?, number.checked_rem(100)?);
    Some(i64::saturating_mul(sign, hours.saturating_mul(3_600).saturating_add(minutes.saturating_mul(60))))
}

/// Days since 1970-01-01 in the Gregorian calendar, by counting from March so that leap days come last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year.saturating_sub(1) } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let from_march = month.saturating_add(9).rem_euclid(12);
    let of_year = from_march.saturating_mul(153).saturating_add(2).div_euclid(5).saturating_add(day).saturating_sub(1);
    let leap_days = of_era.div_euclid(4).saturating_sub(of_era.div_euclid(100));
    let in_era = of_era.saturating_mul(365).saturating_add(leap_days).saturating_add(of_year);
    era.saturating_mul(146_097).saturating_add(in_era).saturating_sub(719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_their_zones() {
        assert_eq!(seconds("Thu, 1 Jan 1970 09:00:00 +0900 (JST)"), Some(0));
        assert_eq!(seconds("15 Mar 2016 10:30:05 +0900"), Some(1_458_005_405));
        assert_eq!(seconds("Tue, 29 Feb 00 00:00 EST"), Some(951_800_400));
        assert_eq!(seconds("Mon, 31 Dec 1969 23:59:59 GMT"), Some(-1));
    }

    #[test]
    fn what_is_no_date_gives_none() {
        for text in ["", "yesterday", "32 Mar 2016 10:00 +0000", "1 Foo 2016 10:00", "1 Mar 2016"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
