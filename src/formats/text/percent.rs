//! Percent-encoding of bytes in text, RFC 3986 §2.1, as URLs and the parameters of RFC 2231 use it.

/// `%41` to `A`, once; what is no escape stays.
pub(crate) fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let pair = match (first, after) {
            (b'%', [high, low, ..]) => digit(*high).zip(digit(*low)),
            _ => None,
        };
        match pair {
            Some((high, low)) => {
                out.push(high << 4 | low);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_escapes_are_decoded_and_only_once() {
        assert_eq!(percent_decoded(b"a%20b%2541"), b"a b%41");
        assert_eq!(percent_decoded(b"100% %zz %+f %4"), b"100% %zz %+f %4");
    }
}
