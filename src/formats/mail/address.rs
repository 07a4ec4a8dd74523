//! Addresses in headers (RFC 5322 section 3.4), and the organisation behind a domain by the public suffix list.

/// One mailbox of an address header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The display name, encoded words decoded, without quotes; empty if there is none.
    pub display: String,
    /// The address as written between the angle brackets; lower-cased domain.
    pub address: String,
}

impl Mailbox {
    /// The domain after the last `@`, lower case, without a trailing dot.
    pub fn domain(&self) -> Option<&str> {
        domain_of(&self.address)
    }
}

/// The domain of an address.
pub fn domain_of(address: &str) -> Option<&str> {
    let (_, domain) = address.rsplit_once('@')?;
    let domain = domain.trim_end_matches('.');
    (!domain.is_empty()).then_some(domain)
}

/// The organisational domain (`example.co.jp` of `mail.example.co.jp`), or the domain itself where the list knows none.
pub fn organisation(domain: &str) -> String {
    let domain = domain.trim_end_matches('.').to_ascii_lowercase();
    psl::domain_str(&domain).map(str::to_owned).unwrap_or(domain)
}

/// Mailboxes looked at in one header.
const MAX_MAILBOXES: usize = 200;

/// The mailboxes of an address header. Commas inside quotes and brackets do not separate; group names are dropped;
/// comments become the display name where there is no other.
pub fn mailboxes(value: &str) -> Vec<Mailbox> {
    let mut all = Vec::new();
    let mut item = Item::default();
    let mut chars = value.chars();
    let mut place = Place::Plain;
    let mut comment_depth = 0usize;
    while let Some(c) = chars.next() {
        if all.len() >= MAX_MAILBOXES {
            return all;
        }
        match (place, c) {
            (Place::Quoted, '\\') => item.display.extend(chars.next()),
            (Place::Quoted, '"') => place = Place::Plain,
            (Place::Quoted, c) => item.display.push(c),
            (Place::Comment, '(') => comment_depth = comment_depth.saturating_add(1),
            (Place::Comment, ')') => {
                comment_depth = comment_depth.saturating_sub(1);
                if comment_depth == 0 {
                    place = Place::Plain;
                }
            }
            (Place::Comment, c) => item.comment.push(c),
            (Place::Angle, '>') => place = Place::Plain,
            (Place::Angle, c) => item.angle.get_or_insert_default().push(c),
            (Place::Plain, '"') => place = Place::Quoted,
            (Place::Plain, '(') => {
                place = Place::Comment;
                comment_depth = 1;
            }
            (Place::Plain, '<') => {
                place = Place::Angle;
                item.angle.get_or_insert_default();
            }
            (Place::Plain, ',' | ';') => all.extend(std::mem::take(&mut item).finish()),
            // A group's name, RFC 5322 section 3.4, unless the colon is part of something like an address.
            (Place::Plain, ':') if !item.display.contains('@') => item = Item::default(),
            (Place::Plain, c) => item.display.push(c),
        }
    }
    all.extend(item.finish());
    all
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Plain,
    Quoted,
    Comment,
    Angle,
}

#[derive(Default)]
struct Item {
    display: String,
    angle: Option<String>,
    comment: String,
}

impl Item {
    fn finish(self) -> Option<Mailbox> {
        let display = super::encoded_word::decode(self.display.trim());
        let comment = super::encoded_word::decode(self.comment.trim());
        let (display, address) = match self.angle {
            Some(angle) => (if display.is_empty() { comment } else { display }, angle),
            // A bare address, with its name in a comment: `taro@example.com (Taro)`.
            None => (comment, display),
        };
        // A source route, RFC 5322 section 4.4: `<@relay:taro@example.com>`.
        let address = address.trim();
        let address = match address.strip_prefix('@').and_then(|route| route.rsplit_once(':')) {
            Some((_, address)) => address,
            None => address,
        };
        if address.is_empty() && display.is_empty() {
            return None;
        }
        let address = match address.rsplit_once('@') {
            Some((local, domain)) => format!("{}@{}", local.trim(), domain.trim().to_lowercase()),
            None => address.to_owned(),
        };
        Some(Mailbox { display, address })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(value: &str) -> (String, String) {
        let found = mailboxes(value);
        assert_eq!(found.len(), 1, "{found:?}");
        let mailbox = found.into_iter().next().unwrap();
        (mailbox.display, mailbox.address)
    }

    #[test]
    fn reads_the_forms_of_an_address() {
        let taro = |display: &str| (display.to_owned(), "taro@example.com".to_owned());
        assert_eq!(one("taro@example.com"), taro(""));
        assert_eq!(one("Taro <taro@EXAMPLE.com>"), taro("Taro"));
        assert_eq!(one("\"Yamada, Taro\" <taro@example.com>"), taro("Yamada, Taro"));
        assert_eq!(one("taro@example.com (Taro (sales))"), taro("Taro sales"));
        assert_eq!(one("=?utf-8?B?5bGx55Sw?= <taro@example.com>"), taro("山田"));
        assert_eq!(one("<@a.example,@b.example:taro@example.com>"), taro(""));
        assert!(mailboxes("<>").is_empty());
    }

    #[test]
    fn separates_mailboxes_and_drops_group_names() {
        let found = mailboxes("Team: a@example.com, B <b@example.net>; c@example.org");
        let addresses: Vec<&str> = found.iter().map(|mailbox| mailbox.address.as_str()).collect();
        assert_eq!(addresses, ["a@example.com", "b@example.net", "c@example.org"]);
    }

    #[test]
    fn organisations_follow_the_public_suffix_list() {
        assert_eq!(organisation("mail.example.co.jp"), "example.co.jp");
        assert_eq!(organisation("a.b.example.com."), "example.com");
        assert_eq!(organisation("localhost"), "localhost");
    }
}
