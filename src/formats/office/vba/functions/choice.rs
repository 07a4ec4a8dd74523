//! Functions that choose among values: `IIf`, `Choose` and `Switch`, of the Interaction module in MS-VBAL 6.1.2.

use super::super::value::Value;

/// Functions that choose among values.
pub(super) fn select(name: &str, first: &Value, rest: Vec<Value>) -> Option<Value> {
    match name {
        "iif" => rest.into_iter().nth(usize::from(first.number()? == 0.0)),
        "choose" => rest.into_iter().nth(first.count()?.checked_sub(1)?),
        _ => {
            let mut condition = first.number()?;
            let mut rest = rest.into_iter();
            while let Some(value) = rest.next() {
                if condition != 0.0 {
                    return Some(value);
                }
                condition = rest.next()?.number()?;
            }
            None
        }
    }
}
