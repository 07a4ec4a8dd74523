//! BIFF, the records of Excel workbooks from 2 to 2003 (MS-XLS), and the tokens of formulas, which binary workbooks of
//! 2007 (MS-XLSB) share. A workbook without macros costs a walk over its record headers; cells are read where macros are.
//!
//! `records` `strings` `version` the framing; `globals` `names` `links` `shared_strings` the workbook; `cells` a sheet;
//! `formula` tokens to formulas; `workbook` all of it as a program of macros, `say` what is said of it; `bare` files that
//! are nothing but records; `xlsb` binary workbooks.

mod bare;
mod cells;
mod formula;
mod globals;
mod links;
mod names;
mod records;
mod say;
mod shared_strings;
mod strings;
mod version;
mod workbook;
pub(crate) mod xlsb;

pub(crate) use bare::FORMAT;
pub(crate) use formula::function_named;
pub(crate) use say::say;
use version::Version;

#[cfg(test)]
mod tests;
