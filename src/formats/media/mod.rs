//! Pictures, sound, film and fonts. Their content is not judged; what is looked for is data behind their end. `ends`
//! finds the end of a picture, `trailer` says what may honestly follow, `encoded` finds programs written as text,
//! `trailing` is the stage, `pictures` and `others` declare the formats.

mod encoded;
mod ends;
pub mod flash;
pub mod others;
pub mod pictures;
mod trailer;
mod trailing;
