//! Office documents in one XML file: Flat OPC, Word 2003 and Excel 2003.

use std::io::Write as _;

use base64::Engine as _;

/// Base64 in lines of 76 characters, as Office writes it.
pub fn base64(bytes: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(bytes);
    let lines: Vec<&str> =
        text.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap_or_default()).collect();
    lines.join("\r\n")
}

/// Bytes compressed as zlib does.
pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}

/// A Word 2003 XML document with this content below its root.
pub fn word_2003(content: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n<?mso-application progid=\"Word.Document\"?>\r\n\
         <w:wordDocument xmlns:w=\"http://schemas.microsoft.com/office/word/2003/wordml\" \
         xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
         w:macrosPresent=\"no\" xml:space=\"preserve\"><o:DocumentProperties><o:Author>山田太郎</o:Author>\
         </o:DocumentProperties>{content}</w:wordDocument>"
    )
    .into_bytes()
}

/// A paragraph of Word, 2003 or since.
pub fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

/// A field of Word, 2003 or since; instructions may hold further fields.
pub fn field(instruction: &str) -> String {
    format!(
        "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>{instruction}<w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>\
         <w:r><w:t>x</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>"
    )
}

/// A piece of a field's instruction.
pub fn instruction(text: &str) -> String {
    format!("<w:r><w:instrText>{text}</w:instrText></w:r>")
}

/// An Excel 2003 XML workbook: what stands in `ExcelWorkbook`, and the rows of its only sheet.
pub fn excel_2003(book: &str, rows: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\"?>\r\n<?mso-application progid=\"Excel.Sheet\"?>\r\n\
         <Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
         xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">\r\n\
         <ExcelWorkbook xmlns=\"urn:schemas-microsoft-com:office:excel\">{book}</ExcelWorkbook>\r\n\
         <Worksheet ss:Name=\"Sheet1\"><Table>{rows}</Table></Worksheet></Workbook>"
    )
    .into_bytes()
}
