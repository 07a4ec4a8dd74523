//! Functions of formulas by number: Ftab, MS-XLS 2.5.198.17 and MS-XLSB 2.5.98.10.

/// Stands for a number of arguments that the token states itself.
const V: u8 = 255;

/// Number of the entry that stands for a function called by name or reference, whose first argument is the function.
pub(super) const BY_NAME: u16 = 255;

/// Name and number of arguments of a function.
pub(super) fn function(id: u16) -> Option<(&'static str, Option<u8>)> {
    let (name, count) = FUNCTIONS.get(usize::from(id)).copied()?;
    (!name.is_empty()).then_some((name, (count != V).then_some(count)))
}

/// Whether a name is a function's.
pub(crate) fn function_named(name: &str) -> Option<&'static str> {
    use std::collections::HashMap;
    use std::sync::LazyLock;
    static NAMES: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
        let functions = FUNCTIONS.iter().map(|(name, _)| *name).filter(|name| !name.is_empty());
        functions.chain(super::commands::names()).map(|name| (name, name)).collect()
    });
    NAMES.get(name).copied()
}

#[rustfmt::skip]
const FUNCTIONS: [(&str, u8); 485] = [
    ("COUNT", V), ("IF", V), ("ISNA", 1), ("ISERROR", 1), ("SUM", V), ("AVERAGE", V), ("MIN", V), ("MAX", V),
    ("ROW", V), ("COLUMN", V), ("NA", 0), ("NPV", V), ("STDEV", V), ("DOLLAR", V), ("FIXED", V), ("SIN", 1),
    ("COS", 1), ("TAN", 1), ("ATAN", 1), ("PI", 0), ("SQRT", 1), ("EXP", 1), ("LN", 1), ("LOG10", 1), ("ABS", 1),
    ("INT", 1), ("SIGN", 1), ("ROUND", 2), ("LOOKUP", V), ("INDEX", V), ("REPT", 2), ("MID", 3), ("LEN", 1),
    ("VALUE", 1), ("TRUE", 0), ("FALSE", 0), ("AND", V), ("OR", V), ("NOT", 1), ("MOD", 2), ("DCOUNT", 3),
    ("DSUM", 3), ("DAVERAGE", 3), ("DMIN", 3), ("DMAX", 3), ("DSTDEV", 3), ("VAR", V), ("DVAR", 3), ("TEXT", 2),
    ("LINEST", V), ("TREND", V), ("LOGEST", V), ("GROWTH", V), ("GOTO", 1), ("HALT", V), ("RETURN", V), ("PV", V),
    ("FV", V), ("NPER", V), ("PMT", V), ("RATE", V), ("MIRR", 3), ("IRR", V), ("RAND", 0), ("MATCH", V),
    ("DATE", 3), ("TIME", 3), ("DAY", 1), ("MONTH", 1), ("YEAR", 1), ("WEEKDAY", V), ("HOUR", 1), ("MINUTE", 1),
    ("SECOND", 1), ("NOW", 0), ("AREAS", 1), ("ROWS", 1), ("COLUMNS", 1), ("OFFSET", V), ("ABSREF", 2),
    ("RELREF", 2), ("ARGUMENT", V), ("SEARCH", V), ("TRANSPOSE", 1), ("ERROR", V), ("STEP", 0), ("TYPE", 1),
    ("ECHO", V), ("SET.NAME", V), ("CALLER", 0), ("DEREF", 1), ("WINDOWS", V), ("SERIES", 4), ("DOCUMENTS", V),
    ("ACTIVE.CELL", 0), ("SELECTION", 0), ("RESULT", V), ("ATAN2", 2), ("ASIN", 1), ("ACOS", 1), ("CHOOSE", V),
    ("HLOOKUP", V), ("VLOOKUP", V), ("LINKS", V), ("INPUT", V), ("ISREF", 1), ("GET.FORMULA", 1), ("GET.NAME", V),
    ("SET.VALUE", 2), ("LOG", V), ("EXEC", V), ("CHAR", 1), ("LOWER", 1), ("UPPER", 1), ("PROPER", 1), ("LEFT", V),
    ("RIGHT", V), ("EXACT", 2), ("TRIM", 1), ("REPLACE", 4), ("SUBSTITUTE", V), ("CODE", 1), ("NAMES", V),
    ("DIRECTORY", V), ("FIND", V), ("CELL", V), ("ISERR", 1), ("ISTEXT", 1), ("ISNUMBER", 1), ("ISBLANK", 1),
    ("T", 1), ("N", 1), ("FOPEN", V), ("FCLOSE", 1), ("FSIZE", 1), ("FREADLN", 1), ("FREAD", 2), ("FWRITELN", 2),
    ("FWRITE", 2), ("FPOS", V), ("DATEVALUE", 1), ("TIMEVALUE", 1), ("SLN", 3), ("SYD", 4), ("DDB", V),
    ("GET.DEF", V), ("REFTEXT", V), ("TEXTREF", V), ("INDIRECT", V), ("REGISTER", V), ("CALL", V), ("ADD.BAR", V),
    ("ADD.MENU", V), ("ADD.COMMAND", V), ("ENABLE.COMMAND", V), ("CHECK.COMMAND", V), ("RENAME.COMMAND", V),
    ("SHOW.BAR", 1), ("DELETE.MENU", V), ("DELETE.COMMAND", V), ("GET.CHART.ITEM", V), ("DIALOG.BOX", 1),
    ("CLEAN", 1), ("MDETERM", 1), ("MINVERSE", 1), ("MMULT", 2), ("FILES", V), ("IPMT", V), ("PPMT", V),
    ("COUNTA", V), ("CANCEL.KEY", V), ("FOR", V), ("WHILE", 1), ("BREAK", 0), ("NEXT", 0), ("INITIATE", 2),
    ("REQUEST", 2), ("POKE", 3), ("EXECUTE", 2), ("TERMINATE", 1), ("RESTART", 1), ("HELP", 1), ("GET.BAR", V),
    ("PRODUCT", V), ("FACT", 1), ("GET.CELL", V), ("GET.WORKSPACE", 1), ("GET.WINDOW", V), ("GET.DOCUMENT", V),
    ("DPRODUCT", 3), ("ISNONTEXT", 1), ("GET.NOTE", V), ("NOTE", V), ("STDEVP", V), ("VARP", V), ("DSTDEVP", 3),
    ("DVARP", 3), ("TRUNC", V), ("ISLOGICAL", 1), ("DCOUNTA", 3), ("DELETE.BAR", 1), ("UNREGISTER", 1), ("", V),
    ("", V), ("USDOLLAR", V), ("FINDB", V), ("SEARCHB", V), ("REPLACEB", 4), ("LEFTB", V), ("RIGHTB", V),
    ("MIDB", 3), ("LENB", 1), ("ROUNDUP", 2), ("ROUNDDOWN", 2), ("ASC", 1), ("DBCS", 1), ("RANK", V), ("", V),
    ("", V), ("ADDRESS", V), ("DAYS360", V), ("TODAY", 0), ("VDB", V), ("ELSE", 0), ("ELSE.IF", 1), ("END.IF", 0),
    ("FOR.CELL", V), ("MEDIAN", V), ("SUMPRODUCT", V), ("SINH", 1), ("COSH", 1), ("TANH", 1), ("ASINH", 1),
    ("ACOSH", 1), ("ATANH", 1), ("DGET", 3), ("CREATE.OBJECT", V), ("VOLATILE", 1), ("LAST.ERROR", 0),
    ("CUSTOM.UNDO", V), ("CUSTOM.REPEAT", V), ("FORMULA.CONVERT", V), ("GET.LINK.INFO", V), ("TEXT.BOX", V),
    ("INFO", 1), ("GROUP", 0), ("GET.OBJECT", V), ("DB", V), ("PAUSE", V), ("", V), ("", V), ("RESUME", 1),
    ("FREQUENCY", 2), ("ADD.TOOLBAR", V), ("DELETE.TOOLBAR", 1), ("", V), ("RESET.TOOLBAR", 1), ("EVALUATE", 1),
    ("GET.TOOLBAR", 2), ("GET.TOOL", V), ("SPELLING.CHECK", V), ("ERROR.TYPE", 1), ("APP.TITLE", 1),
    ("WINDOW.TITLE", 1), ("SAVE.TOOLBAR", V), ("ENABLE.TOOL", 3), ("PRESS.TOOL", 3), ("REGISTER.ID", 3),
    ("GET.WORKBOOK", V), ("AVEDEV", V), ("BETADIST", V), ("GAMMALN", 1), ("BETAINV", V), ("BINOMDIST", 4),
    ("CHIDIST", 2), ("CHIINV", 2), ("COMBIN", 2), ("CONFIDENCE", 3), ("CRITBINOM", 3), ("EVEN", 1),
    ("EXPONDIST", 3), ("FDIST", 3), ("FINV", 3), ("FISHER", 1), ("FISHERINV", 1), ("FLOOR", 2), ("GAMMADIST", 4),
    ("GAMMAINV", 3), ("CEILING", 2), ("HYPGEOMDIST", 4), ("LOGNORMDIST", 3), ("LOGINV", 3), ("NEGBINOMDIST", 3),
    ("NORMDIST", 4), ("NORMSDIST", 1), ("NORMINV", 3), ("NORMSINV", 1), ("STANDARDIZE", 3), ("ODD", 1),
    ("PERMUT", 2), ("POISSON", 3), ("TDIST", 3), ("WEIBULL", 4), ("SUMXMY2", 2), ("SUMX2MY2", 2), ("SUMX2PY2", 2),
    ("CHITEST", 2), ("CORREL", 2), ("COVAR", 2), ("FORECAST", 3), ("FTEST", 2), ("INTERCEPT", 2), ("PEARSON", 2),
    ("RSQ", 2), ("STEYX", 2), ("SLOPE", 2), ("TTEST", 4), ("PROB", V), ("DEVSQ", V), ("GEOMEAN", V),
    ("HARMEAN", V), ("SUMSQ", V), ("KURT", V), ("SKEW", V), ("ZTEST", V), ("LARGE", 2), ("SMALL", 2),
    ("QUARTILE", 2), ("PERCENTILE", 2), ("PERCENTRANK", V), ("MODE", V), ("TRIMMEAN", 2), ("TINV", 2), ("", V),
    ("MOVIE.COMMAND", V), ("GET.MOVIE", V), ("CONCATENATE", V), ("POWER", 2), ("PIVOT.ADD.DATA", V),
    ("GET.PIVOT.TABLE", V), ("GET.PIVOT.FIELD", V), ("GET.PIVOT.ITEM", V), ("RADIANS", 1), ("DEGREES", 1),
    ("SUBTOTAL", V), ("SUMIF", V), ("COUNTIF", 2), ("COUNTBLANK", 1), ("SCENARIO.GET", V),
    ("OPTIONS.LISTS.GET", 1), ("ISPMT", 4), ("DATEDIF", 3), ("DATESTRING", 1), ("NUMBERSTRING", 2), ("ROMAN", V),
    ("OPEN.DIALOG", V), ("SAVE.DIALOG", V), ("VIEW.GET", V), ("GETPIVOTDATA", 2), ("HYPERLINK", V),
    ("PHONETIC", 1), ("AVERAGEA", V), ("MAXA", V), ("MINA", V), ("STDEVPA", V), ("VARPA", V), ("STDEVA", V),
    ("VARA", V), ("BAHTTEXT", 1), ("THAIDAYOFWEEK", 1), ("THAIDIGIT", 1), ("THAIMONTHOFYEAR", 1),
    ("THAINUMSOUND", 1), ("THAINUMSTRING", 1), ("THAISTRINGLENGTH", 1), ("ISTHAIDIGIT", 1), ("ROUNDBAHTDOWN", 1),
    ("ROUNDBAHTUP", 1), ("THAIYEAR", 1), ("RTD", V), ("CUBEVALUE", V), ("CUBEMEMBER", V),
    ("CUBEMEMBERPROPERTY", 3), ("CUBERANKEDMEMBER", V), ("HEX2BIN", V), ("HEX2DEC", 1), ("HEX2OCT", V),
    ("DEC2BIN", V), ("DEC2HEX", V), ("DEC2OCT", V), ("OCT2BIN", V), ("OCT2HEX", V), ("OCT2DEC", 1), ("BIN2DEC", 1),
    ("BIN2OCT", V), ("BIN2HEX", V), ("IMSUB", 2), ("IMDIV", 2), ("IMPOWER", 2), ("IMABS", 1), ("IMSQRT", 1),
    ("IMLN", 1), ("IMLOG2", 1), ("IMLOG10", 1), ("IMSIN", 1), ("IMCOS", 1), ("IMEXP", 1), ("IMARGUMENT", 1),
    ("IMCONJUGATE", 1), ("IMAGINARY", 1), ("IMREAL", 1), ("COMPLEX", V), ("IMSUM", V), ("IMPRODUCT", V),
    ("SERIESSUM", 4), ("FACTDOUBLE", 1), ("SQRTPI", 1), ("QUOTIENT", 2), ("DELTA", V), ("GESTEP", V),
    ("ISEVEN", 1), ("ISODD", 1), ("MROUND", 2), ("ERF", V), ("ERFC", 1), ("BESSELJ", 2), ("BESSELK", 2),
    ("BESSELY", 2), ("BESSELI", 2), ("XIRR", V), ("XNPV", 3), ("PRICEMAT", V), ("YIELDMAT", V), ("INTRATE", V),
    ("RECEIVED", V), ("DISC", V), ("PRICEDISC", V), ("YIELDDISC", V), ("TBILLEQ", 3), ("TBILLPRICE", 3),
    ("TBILLYIELD", 3), ("PRICE", V), ("YIELD", V), ("DOLLARDE", 2), ("DOLLARFR", 2), ("NOMINAL", 2), ("EFFECT", 2),
    ("CUMPRINC", 6), ("CUMIPMT", 6), ("EDATE", 2), ("EOMONTH", 2), ("YEARFRAC", V), ("COUPDAYBS", V),
    ("COUPDAYS", V), ("COUPDAYSNC", V), ("COUPNCD", V), ("COUPNUM", V), ("COUPPCD", V), ("DURATION", V),
    ("MDURATION", V), ("ODDLPRICE", V), ("ODDLYIELD", V), ("ODDFPRICE", V), ("ODDFYIELD", V), ("RANDBETWEEN", 2),
    ("WEEKNUM", V), ("AMORDEGRC", V), ("AMORLINC", V), ("", V), ("ACCRINT", V), ("ACCRINTM", V), ("WORKDAY", V),
    ("NETWORKDAYS", V), ("GCD", V), ("MULTINOMIAL", V), ("LCM", V), ("FVSCHEDULE", 2), ("CUBEKPIMEMBER", V),
    ("CUBESET", V), ("CUBESETCOUNT", 1), ("IFERROR", 2), ("COUNTIFS", V), ("SUMIFS", V), ("AVERAGEIF", V),
    ("AVERAGEIFS", V),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_agree() {
        assert_eq!(function(4), Some(("SUM", None)));
        assert_eq!(function(110), Some(("EXEC", None)));
        assert_eq!(function(111), Some(("CHAR", Some(1))));
        assert_eq!(function(150), Some(("CALL", None)));
        assert_eq!(function(BY_NAME), None);
        assert_eq!(function(484), Some(("AVERAGEIFS", None)));
        assert_eq!(function_named("FORMULA.FILL"), Some("FORMULA.FILL"));
        assert_eq!(function_named("HALT"), Some("HALT"));
        assert_eq!(function_named("HALTS"), None);
    }
}
