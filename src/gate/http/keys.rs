//! Who may ask: keys shown in a header, compared by digest and in constant time.

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

use super::problem::{Kind, Problem};

/// The longest key looked at.
const MAX_KEY: usize = 512;

/// How a key may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Schemes {
    /// `Authorization: Bearer` and `X-Api-Key`.
    Api,
    /// Those, and `Authorization: Basic` with the key for a password, which is what Stalwart can send.
    Hook,
}

/// Whether the request shows one of the keys: its name for the log.
pub(super) fn authorise<'k>(
    headers: &HeaderMap,
    keys: &'k [(String, String)],
    schemes: Schemes,
) -> Result<&'k str, Problem> {
    if keys.is_empty() {
        return Err(Problem::new(
            Kind::Closed,
            "configuration",
            "The configuration holds no API key, so only health is open.",
        ));
    }
    let Some(shown) = shown(headers, schemes) else {
        return Err(Problem::new(Kind::Unauthorized, "header Authorization", "The request shows no key."));
    };
    let digest = hex(&Sha256::digest(&shown));
    let mut found = None;
    for (key, name) in keys {
        // All are compared, whether or not one was found: the time says nothing about which.
        let same: Choice = digest.as_bytes().ct_eq(key.to_ascii_lowercase().as_bytes());
        if bool::from(same) {
            found = Some(name.as_str());
        }
    }
    found.ok_or_else(|| Problem::new(Kind::Unauthorized, "header Authorization", "The key shown is not known."))
}

/// The key a request shows.
fn shown(headers: &HeaderMap, schemes: Schemes) -> Option<Vec<u8>> {
    let key = match headers.get("x-api-key") {
        Some(key) => key.as_bytes().to_vec(),
        None => {
            let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
            let (scheme, rest) = value.trim().split_once(' ')?;
            let rest = rest.trim();
            // RFC 9110 section 11.1: the scheme is case-insensitive.
            if scheme.eq_ignore_ascii_case("bearer") {
                rest.as_bytes().to_vec()
            } else if schemes == Schemes::Hook && scheme.eq_ignore_ascii_case("basic") && rest.len() <= MAX_KEY {
                // RFC 7617: user, colon, password. The user is not looked at.
                let pair = STANDARD.decode(rest).ok()?;
                let colon = pair.iter().position(|byte| *byte == b':')?;
                pair.get(colon.checked_add(1)?..)?.to_vec()
            } else {
                return None;
            }
        }
    };
    (!key.is_empty() && key.len() <= MAX_KEY).then_some(key)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A key nobody has guessed, and its SHA-256 as the configuration holds it.
pub fn new_key() -> Result<(String, String), getrandom::Error> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes)?;
    let key = format!("sk_{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes));
    let digest = hex(&Sha256::digest(key.as_bytes()));
    Ok((key, digest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn keys() -> Vec<(String, String)> {
        let of = |key: &str, name: &str| (hex(&Sha256::digest(key.as_bytes())), name.to_owned());
        vec![of("first", "a"), (of("second", "b").0.to_uppercase(), "b".to_owned())]
    }

    fn with(name: &'static str, value: &str, schemes: Schemes) -> Result<String, Kind> {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        authorise(&headers, &keys(), schemes).map(str::to_owned).map_err(|problem| problem.kind)
    }

    #[test]
    fn a_key_is_known_by_its_digest_in_either_header() {
        assert_eq!(with("authorization", "Bearer first", Schemes::Api), Ok("a".to_owned()));
        assert_eq!(with("authorization", "bearer  second ", Schemes::Api), Ok("b".to_owned()));
        assert_eq!(with("x-api-key", "second", Schemes::Api), Ok("b".to_owned()));
    }

    #[test]
    fn anything_else_is_no_key() {
        for value in ["Bearer firs", "Bearer firstt", "Bearer", "Bearer ", "first", "Digest first", ""] {
            assert_eq!(with("authorization", value, Schemes::Api), Err(Kind::Unauthorized), "{value}");
        }
        // The digest itself is no key.
        assert_eq!(with("x-api-key", &keys()[0].0, Schemes::Api), Err(Kind::Unauthorized));
        assert_eq!(with("x-api-key", &"x".repeat(10_000), Schemes::Api), Err(Kind::Unauthorized));
        assert_eq!(authorise(&HeaderMap::new(), &keys(), Schemes::Api).unwrap_err().kind, Kind::Unauthorized);
        assert_eq!(authorise(&HeaderMap::new(), &[], Schemes::Api).unwrap_err().kind, Kind::Closed);
    }

    #[test]
    fn a_password_is_a_key_for_hooks_only() {
        // printf 'stalwart:first' | base64
        assert_eq!(with("authorization", "Basic c3RhbHdhcnQ6Zmlyc3Q=", Schemes::Hook), Ok("a".to_owned()));
        assert_eq!(with("authorization", "Basic c3RhbHdhcnQ6Zmlyc3Q=", Schemes::Api), Err(Kind::Unauthorized));
        for value in ["Basic !!", "Basic c3RhbHdhcnQ=", "Basic Zmlyc3Q6c3RhbHdhcnQ="] {
            assert_eq!(with("authorization", value, Schemes::Hook), Err(Kind::Unauthorized), "{value}");
        }
    }

    #[test]
    fn a_new_key_fits_its_line() {
        let (key, digest) = new_key().unwrap();
        assert_eq!((key.len(), digest.len()), (46, 64));
        let mut headers = HeaderMap::new();
        headers.insert("x-api-key", HeaderValue::from_str(&key).unwrap());
        assert_eq!(authorise(&headers, &[(digest, "it".to_owned())], Schemes::Api).unwrap(), "it");
        assert_ne!(new_key().unwrap().0, key);
    }
}
