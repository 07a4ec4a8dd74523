//! User forms (MS-OFORMS): what their controls are called, and the texts they hold. Macros read payloads out of captions,
//! tags and values; each text is given with the name a macro reaches it by.
//!
//! `form` the streams of one form and those nested in it; `site` what a form says of its controls, `layout` `block` the
//! properties of a control; `frame` the form as text; `runs` what is printable where nothing else can be read;
//! `payload` what is said of texts that no person reads.

mod block;
mod form;
mod frame;
mod layout;
mod payload;
mod runs;
mod site;
#[cfg(test)]
mod tests;

pub use form::{Form, forms};
pub(super) use payload::FORM_PAYLOAD;

use self::payload::say_payloads;
use crate::formats::office::ole::OleView;
use crate::model::{EntryName, Origin, OriginKind};
use crate::stage::{Outcome, StageError};

/// Texts of one form that are listed in reports.
const MAX_FACTS: usize = 50;

/// Gives the forms of a project as text, so that whoever looks at texts sees what their controls hold.
pub(super) fn give_forms(view: &OleView, out: &mut Outcome<'_>) -> Result<(), StageError> {
    for form in forms(view) {
        say_payloads(&form, out);
        if form.is_partial {
            out.fact("vba-form-partial", form.place.clone());
        }
        for string in form.strings.iter().take(MAX_FACTS) {
            out.fact("form-text", format!("{} = {}", string.name, string.value));
        }
        let text = form.text();
        if !text.is_empty() {
            let origin = Origin::part(OriginKind::Decoded, "user form of a VBA project");
            out.child_bytes(EntryName::new(format!("{} (form)", form.place)), origin, text.into_bytes().into())?;
        }
    }
    Ok(())
}
