//! What binds how tightly: comparisons, `&`, sums, products, powers, signs, `%`, and what joins references.

use super::super::formula::{Expr, Operator, chain};
use super::{Parser, is_name};

/// Binary operators from the weakest; `-` as a sign binds tighter than all of them.
const LEVELS: [&[(&str, Operator)]; 5] = [
    &[
        ("<=", Operator::LessEqual),
        (">=", Operator::GreaterEqual),
        ("<>", Operator::NotEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
        ("=", Operator::Equal),
    ],
    &[("&", Operator::Concat)],
    &[("+", Operator::Add), ("-", Operator::Subtract)],
    &[("*", Operator::Multiply), ("/", Operator::Divide)],
    &[("^", Operator::Power)],
];

impl Parser<'_> {
    pub(super) fn expression(&mut self, level: usize) -> Result<Expr, String> {
        let Some(operators) = LEVELS.get(level) else { return self.signed() };
        let mut left = self.expression(level.saturating_add(1))?;
        // A chain in parentheses is not a chain any more, so appending to what is one keeps the order.
        loop {
            self.blanks();
            let Some((_, operator)) = operators.iter().find(|(sign, _)| self.eat(sign)) else { return Ok(left) };
            let right = self.expression(level.saturating_add(1))?;
            left = match left {
                // Of a tighter level: a chain of its own.
                Expr::Chain(first, rest)
                    if !rest.iter().all(|(known, _)| operators.iter().any(|(_, own)| own == known)) =>
                {
                    Expr::Chain(Box::new(Expr::Chain(first, rest)), vec![(*operator, right)])
                }
                left => chain(left, *operator, right),
            };
        }
    }

    pub(super) fn signed(&mut self) -> Result<Expr, String> {
        self.blanks();
        match self.peek() {
            Some(sign @ ('-' | '+' | '@')) => {
                self.advance(1);
                let inner = self.deeper(Self::signed)?;
                Ok(Expr::Prefix(sign, Box::new(inner)))
            }
            _ => self.postfixed(),
        }
    }

    fn postfixed(&mut self) -> Result<Expr, String> {
        let mut expr = self.references()?;
        for _ in 0..8 {
            if !self.eat("%") {
                break;
            }
            expr = Expr::Postfix(Box::new(expr), '%');
        }
        Ok(expr)
    }

    /// References with ranges and intersections between them.
    fn references(&mut self) -> Result<Expr, String> {
        let mut left = self.primary()?;
        loop {
            if self.eat(":") {
                let right = self.primary()?;
                left = chain(left, Operator::Range, right);
                continue;
            }
            let before = self.at;
            let begins = |c: char| is_name(c) && !c.is_ascii_digit() || c == '\'';
            if self.blanks() && self.peek().is_some_and(begins) && is_reference(&left) {
                let right = self.primary()?;
                left = chain(left, Operator::Intersection, right);
                continue;
            }
            self.at = before;
            return Ok(left);
        }
    }

    /// What stands in parentheses; commas there are unions.
    pub(super) fn parenthesis(&mut self) -> Result<Expr, String> {
        self.advance(1);
        let mut inner = self.expression(0)?;
        loop {
            self.blanks();
            if self.eat(")") {
                return Ok(Expr::Paren(Box::new(inner)));
            }
            if !self.eat(",") {
                return Err(self.odd());
            }
            let next = self.expression(0)?;
            inner = match inner {
                Expr::Chain(first, rest) if rest.iter().any(|(operator, _)| *operator != Operator::Union) => {
                    Expr::Chain(Box::new(Expr::Chain(first, rest)), vec![(Operator::Union, next)])
                }
                inner => chain(inner, Operator::Union, next),
            };
        }
    }
}

fn is_reference(expr: &Expr) -> bool {
    matches!(expr, Expr::Reference(_) | Expr::Name(..) | Expr::Paren(_) | Expr::Chain(..))
}
