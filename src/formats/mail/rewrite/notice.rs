//! The text in an attachment's place.

/// A text with its `{placeholders}` filled in, in one pass: what is filled in is not looked at again. Unknown ones stay.
pub fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let filled = after.split_once('}').and_then(|(key, tail)| Some((value(key)?, tail)));
        match filled {
            Some((value, tail)) => {
                out.push_str(&value);
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_not_filled_in_again() {
        let value = |key: &str| match key {
            "name" => Some("{size}".to_owned()),
            "size" => Some("3".to_owned()),
            _ => None,
        };
        assert_eq!(fill("{name} {size} {other} { {size} {", value), "{size} 3 {other} { 3 {");
    }
}
