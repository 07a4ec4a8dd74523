//! Formulas as the tokens of BIFF: a small compiler for what samples need. Relative references count from the sheet's
//! first cell.

/// Which file the tokens are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tokens {
    /// Excel 5 and 95.
    Biff5,
    /// Excel 97 to 2003.
    Biff8,
    /// Binary workbooks of 2007.
    Biff12,
}

/// Functions and commands: number, and the arguments of those that have a fixed count.
const FUNCTIONS: &[(&str, u16, Option<u8>)] = &[
    ("IF", 1, None),
    ("SUM", 4, None),
    ("ROW", 8, None),
    ("MID", 31, Some(3)),
    ("LEN", 32, Some(1)),
    ("AND", 36, None),
    ("OR", 37, None),
    ("GOTO", 53, Some(1)),
    ("HALT", 54, None),
    ("RETURN", 55, None),
    ("DAY", 67, Some(1)),
    ("NOW", 74, Some(0)),
    ("OFFSET", 78, None),
    ("SET.NAME", 88, None),
    ("ECHO", 87, None),
    ("SET.VALUE", 108, Some(2)),
    ("EXEC", 110, None),
    ("CHAR", 111, Some(1)),
    ("CODE", 121, Some(1)),
    ("FOPEN", 132, None),
    ("FCLOSE", 133, Some(1)),
    ("FWRITELN", 137, Some(2)),
    ("REGISTER", 149, None),
    ("CALL", 150, None),
    ("ADD.MENU", 152, None),
    ("ADD.COMMAND", 153, None),
    ("FOR", 171, None),
    ("WHILE", 172, Some(1)),
    ("NEXT", 174, Some(0)),
    ("INITIATE", 175, Some(2)),
    ("EXECUTE", 178, Some(2)),
    ("GET.WORKSPACE", 186, Some(1)),
    ("CONCATENATE", 336, None),
    ("FILE.DELETE", 0x8006, None),
    ("CLOSE", 0x8010, None),
    ("RUN", 0x8011, None),
    ("FORMULA", 0x8060, None),
    ("FORMULA.FILL", 0x8061, None),
    ("ALERT", 0x8076, None),
    ("WAIT", 0x8095, None),
    ("ON.TIME", 0x8094, None),
];

/// Compiles a formula without its equals sign. Texts in quotes, numbers, `A1` and `$A$1`, operators, functions.
pub fn tokens(formula: &str, form: Tokens) -> Vec<u8> {
    let mut compiler = Compiler { text: formula.as_bytes(), at: 0, form, out: Vec::new() };
    compiler.comparison();
    assert_eq!(compiler.at, formula.len(), "{formula}");
    compiler.out
}

struct Compiler<'a> {
    text: &'a [u8],
    at: usize,
    form: Tokens,
    out: Vec<u8>,
}

impl Compiler<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or_default()
    }

    fn comparison(&mut self) {
        self.concat();
        while matches!(self.peek(), b'<' | b'=' | b'>') {
            let first = self.peek();
            self.at += 1;
            let second = self.peek();
            let token = match (first, second) {
                (b'<', b'=') => 0x0A,
                (b'>', b'=') => 0x0C,
                (b'<', b'>') => 0x0E,
                (b'<', _) => 0x09,
                (b'=', _) => 0x0B,
                _ => 0x0D,
            };
            if matches!(token, 0x0A | 0x0C | 0x0E) {
                self.at += 1;
            }
            self.concat();
            self.out.push(token);
        }
    }

    fn concat(&mut self) {
        self.sum();
        while self.peek() == b'&' {
            self.at += 1;
            self.sum();
            self.out.push(0x08);
        }
    }

    fn sum(&mut self) {
        self.product();
        while matches!(self.peek(), b'+' | b'-') {
            let token = if self.peek() == b'+' { 0x03 } else { 0x04 };
            self.at += 1;
            self.product();
            self.out.push(token);
        }
    }

    fn product(&mut self) {
        self.operand();
        while matches!(self.peek(), b'*' | b'/') {
            let token = if self.peek() == b'*' { 0x05 } else { 0x06 };
            self.at += 1;
            self.operand();
            self.out.push(token);
        }
    }

    fn operand(&mut self) {
        match self.peek() {
            b'"' => self.text(),
            b'(' => {
                self.at += 1;
                self.comparison();
                self.at += 1;
                self.out.push(0x15);
            }
            b'0'..=b'9' => {
                let number: u16 = self.word().parse().expect("a number below 65536");
                self.out.push(0x1E);
                self.out.extend(number.to_le_bytes());
            }
            _ => self.named(),
        }
    }

    fn word(&mut self) -> String {
        let start = self.at;
        while self.peek().is_ascii_alphanumeric() || matches!(self.peek(), b'.' | b'$') {
            self.at += 1;
        }
        String::from_utf8(self.text[start..self.at].to_vec()).expect("ASCII")
    }

    fn text(&mut self) {
        self.at += 1;
        let mut bytes = Vec::new();
        loop {
            let byte = self.peek();
            self.at += 1;
            if byte == b'"' {
                if self.peek() != b'"' {
                    break;
                }
                self.at += 1;
            }
            bytes.push(byte);
        }
        let text = String::from_utf8(bytes).expect("UTF-8");
        self.out.push(0x17);
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        match self.form {
            Tokens::Biff5 => {
                self.out.push(text.len() as u8);
                self.out.extend(text.as_bytes());
            }
            Tokens::Biff8 => {
                self.out.push((units.len() / 2) as u8);
                self.out.push(1);
                self.out.extend(units);
            }
            Tokens::Biff12 => {
                self.out.extend(((units.len() / 2) as u16).to_le_bytes());
                self.out.extend(units);
            }
        }
    }

    fn named(&mut self) {
        let word = self.word();
        if self.peek() == b'(' {
            return self.call(&word);
        }
        if word == "TRUE" || word == "FALSE" {
            self.out.extend([0x1D, u8::from(word == "TRUE")]);
            return;
        }
        let plain = word.replace('$', "");
        let digits = plain.find(|c: char| c.is_ascii_digit()).expect("a reference");
        let column = plain[..digits].bytes().fold(0u16, |column, byte| column * 26 + u16::from(byte - b'@')) - 1;
        let row: u32 = plain[digits..].parse::<u32>().expect("a row") - 1;
        let is_fixed = word.starts_with('$');
        let flags = if is_fixed { 0u16 } else { 0xC000 };
        self.out.push(0x44);
        match self.form {
            Tokens::Biff5 => {
                self.out.extend((row as u16 | flags).to_le_bytes());
                self.out.push(column as u8);
            }
            Tokens::Biff8 => {
                self.out.extend((row as u16).to_le_bytes());
                self.out.extend((column | flags).to_le_bytes());
            }
            Tokens::Biff12 => {
                self.out.extend(row.to_le_bytes());
                self.out.extend((column | flags).to_le_bytes());
            }
        }
    }

    fn call(&mut self, name: &str) {
        self.at += 1;
        let mut count = 0u8;
        while self.peek() != b')' {
            if self.peek() == b',' {
                self.out.push(0x16);
            } else {
                self.comparison();
            }
            count += 1;
            if self.peek() == b',' {
                self.at += 1;
                if self.peek() == b')' {
                    self.out.push(0x16);
                    count += 1;
                }
            }
        }
        self.at += 1;
        let (_, id, fixed) = FUNCTIONS.iter().find(|(known, ..)| *known == name).expect(name);
        match fixed {
            Some(fixed) => {
                assert_eq!(*fixed, count, "{name}");
                self.out.push(0x41);
                self.out.extend(id.to_le_bytes());
            }
            None => {
                self.out.extend([0x42, count]);
                self.out.extend(id.to_le_bytes());
            }
        }
    }
}
