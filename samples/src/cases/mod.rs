//! The finished samples, grouped by what they show.

mod big_archives;
mod binary_office;
mod disk_images;
mod document;
mod droppers;
mod encryption;
mod forms;
mod indicators;
mod installers;
mod internet_mail;
mod macros;
mod mail;
mod mail_forms;
mod names;
mod office;
mod old_archives;
mod other_documents;
mod pages;
mod pictures;
pub mod programs;
mod rich_text;
mod rules;
mod stream_archives;
mod together;
mod travel;
mod xlm;
mod xml_documents;
mod zip_archives;

use crate::Sample;

/// Every sample.
pub fn all() -> Vec<Sample> {
    let mut all = Vec::new();
    all.extend(big_archives::all());
    all.extend(binary_office::all());
    all.extend(disk_images::all());
    all.extend(document::all());
    all.extend(encryption::all());
    all.extend(droppers::all());
    all.extend(forms::all());
    all.extend(mail::all());
    all.extend(mail_forms::all());
    all.extend(macros::all());
    all.extend(indicators::all());
    all.extend(installers::all());
    all.extend(internet_mail::all());
    all.extend(names::all());
    all.extend(office::all());
    all.extend(old_archives::all());
    all.extend(pictures::all());
    all.extend(other_documents::all());
    all.extend(pages::all());
    all.extend(programs::samples());
    all.extend(rich_text::all());
    all.extend(rules::samples());
    all.extend(stream_archives::all());
    all.extend(together::all());
    all.extend(travel::all());
    all.extend(xml_documents::all());
    all.extend(xlm::all());
    all.extend(zip_archives::all());
    all
}
