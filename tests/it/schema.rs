//! Every sample's JSON report has the shape `docs/report.schema.json` promises. The keywords of JSON Schema that
//! schemars writes are checked here, so that no validator need be built for one test.

use sekisho::engine::{ScanOptions, Scanner, Submission};
use sekisho::report::schema;
use sekisho::verdict::Policy;
use serde_json::Value;

use crate::goldens::RULES;

pub(crate) fn check(value: &Value, schema: &Value, root: &Value, at: &str, wrong: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
        check(value, &root["$defs"][name], root, at, wrong);
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(ways) = schema[key].as_array() {
            let fits = |way: &Value| {
                let mut wrong = Vec::new();
                check(value, way, root, at, &mut wrong);
                wrong.is_empty()
            };
            if !ways.iter().any(fits) {
                wrong.push(format!("{at}: {value} is none of {key}"));
            }
        }
    }
    if let Some(all) = schema["enum"].as_array()
        && !all.contains(value)
    {
        wrong.push(format!("{at}: {value} is not in the list"));
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let own = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !types.is_empty() && !types.contains(&own) {
        wrong.push(format!("{at}: {own}, should be {types:?}"));
    }
    for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(key).is_none() {
            wrong.push(format!("{at}: lacks {key}"));
        }
    }
    for (key, inner) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(key) {
            Some(schema) => check(inner, schema, root, &format!("{at}.{key}"), wrong),
            None if schema["properties"].is_object() => wrong.push(format!("{at}: {key} is not in the schema")),
            None => {}
        }
    }
    for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
        if schema["items"].is_object() {
            check(inner, &schema["items"], root, &format!("{at}[{index}]"), wrong);
        }
    }
}

#[test]
fn every_report_fits_the_schema() {
    let schema: Value = serde_json::from_str(&schema()).expect("the schema is JSON");
    let scanner = Scanner::with(ScanOptions::default(), *RULES, Policy::shipped());
    let mut wrong = Vec::new();
    for sample in sekisho_samples::all() {
        let report = scanner.scan(Submission::new(sample.file_name, (sample.make)()));
        let json = serde_json::to_value(&report).expect("a report is JSON");
        check(&json, &schema, &schema, sample.id, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mut lacking = Vec::new();
    check(&serde_json::json!({ "input": 1 }), &schema, &schema, "", &mut lacking);
    assert!(lacking.iter().any(|text| text.contains("lacks verdict")), "{lacking:?}");
    assert!(lacking.iter().any(|text| text.contains("should be")), "{lacking:?}");
}
