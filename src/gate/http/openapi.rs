//! The description of the interface (OpenAPI 3.1), as kept in `docs/openapi.json`.

use serde_json::{Map, Value, json};

use super::problem::{Kind, MEDIA_TYPE};
use super::router::{Access, ROUTES, Route};

/// The document.
pub fn document() -> String {
    let mut paths = Map::new();
    for route in ROUTES {
        let Some(mut operation) = operation(route) else { continue };
        let security = match route.access {
            Access::Open => json!([]),
            Access::Metrics => json!([{}, { "bearer": [] }, { "key": [] }]),
            Access::Key => json!([{ "bearer": [] }, { "key": [] }]),
            Access::Hook => json!([{ "bearer": [] }, { "key": [] }, { "basic": [] }]),
        };
        if let Some(operation) = operation.as_object_mut() {
            operation.insert("security".to_owned(), security);
        }
        let mut path = Map::new();
        path.insert(route.method.to_ascii_lowercase(), operation);
        paths.insert(route.path.to_owned(), Value::Object(path));
    }
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Sekisho",
            "description": "Scans mails and attachments and says why.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer" },
                "basic": { "type": "http", "scheme": "basic", "description": "The password is a key; the user is not looked at." },
                "key": { "type": "apiKey", "in": "header", "name": "X-Api-Key" },
            },
        },
    });
    // Whether keys keep their order depends on what else is built in.
    document.sort_all_objects();
    format!("{document:#}\n")
}

fn operation(route: &Route) -> Option<Value> {
    let operation = match route.path {
        "/health" => json!({
            "operationId": "health",
            "summary": "The process answers.",
            "responses": responses("Health", &[]),
        }),
        "/ready" => json!({
            "operationId": "ready",
            "summary": "Whether something sent now would be scanned.",
            "responses": responses("Health", &["503"]),
        }),
        "/metrics" => json!({
            "operationId": "metrics",
            "summary": "What is counted, for Prometheus (text format 0.0.4).",
            "responses": {
                "200": { "description": "The page.", "content": { "text/plain": { "schema": { "type": "string" } } } },
                "401": problem("401"),
                "403": problem("403"),
            },
        }),
        "/v1/scan" => json!({
            "operationId": "scan",
            "summary": "Scans the body.",
            "parameters": [
                {
                    "name": "name", "in": "query", "description": "What the input is called in the report.",
                    "schema": { "type": "string", "maxLength": 1024 },
                },
                {
                    "name": "timeout", "in": "query",
                    "description": "Seconds the answer may take; never more than the configuration allows.",
                    "schema": { "type": "number", "exclusiveMinimum": 0 },
                },
                {
                    "name": "X-Request-Deadline", "in": "header",
                    "description": "When the answer is of no more use, in seconds since 1970 (UTC). The earliest limit counts.",
                    "schema": { "type": "number", "minimum": 0 },
                },
            ],
            "requestBody": {
                "required": true,
                "content": { "application/octet-stream": {}, "message/rfc822": {} },
            },
            "responses": with_report(&["400", "401", "403", "408", "413", "415", "429", "503", "504"]),
        }),
        "/v1/reports/{id}" => json!({
            "operationId": "report",
            "summary": "A report made before, while it is kept.",
            "parameters": [{
                "name": "id", "in": "path", "required": true, "description": "What X-Report-Id said.",
                "schema": { "type": "string" },
            }],
            "responses": with_report(&["401", "403", "404"]),
        }),
        "/v1/version" => json!({
            "operationId": "version",
            "summary": "Which program with which rules answers.",
            "responses": responses("Version", &["401", "403"]),
        }),
        "/v1/openapi.json" => json!({
            "operationId": "openapi",
            "summary": "This document.",
            "responses": {
                "200": { "description": "OpenAPI 3.1.", "content": { "application/json": { "schema": { "type": "object" } } } },
                "401": problem("401"),
                "403": problem("403"),
            },
        }),
        "/v1/reload" => json!({
            "operationId": "reload",
            "summary": "Has the configuration and the rules read again. What comes of it is in the log and the metrics.",
            "responses": {
                "202": { "description": "Asked for.", "content": { "application/json": { "schema": reference("Health") } } },
                "401": problem("401"),
                "403": problem("403"),
            },
        }),
        "/hooks/stalwart" => json!({
            "operationId": "stalwart",
            "summary": "The hook of the Stalwart mail server (MTA hooks): what to do with a mail.",
            "parameters": [{
                "name": "timeout", "in": "query",
                "description": "Seconds the answer may take, 28 if not said; less than Stalwart waits.",
                "schema": { "type": "number", "exclusiveMinimum": 0 },
            }],
            "requestBody": {
                "required": true,
                "content": { "application/json": { "schema": reference("HookRequest") } },
            },
            "responses": responses("HookResponse", &["400", "401", "403", "408", "413", "429", "503", "504"]),
        }),
        _ => return None,
    };
    Some(operation)
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn problem(status: &str) -> Value {
    let description = match status {
        "400" => "Something in the request cannot be understood.",
        "401" => "No key, or one that is not known.",
        "403" => "No keys are set up.",
        "404" => "Not there, or no longer.",
        "408" => "The body came too slowly.",
        "413" => "The body is too large.",
        "415" => "This media type or encoding is not taken.",
        "429" => "As many requests as may be are at work.",
        "503" => "Too much is waiting, or nothing can be scanned.",
        "504" => "Not done in time. It was not found clean.",
        _ => "",
    };
    let mut response =
        json!({ "description": description, "content": { MEDIA_TYPE: { "schema": reference("Problem") } } });
    if matches!(status, "429" | "503") {
        let retry = json!({ "description": "Seconds.", "schema": { "type": "integer" } });
        if let Some(response) = response.as_object_mut() {
            response.insert("headers".to_owned(), json!({ "Retry-After": retry }));
        }
    }
    response
}

fn responses(schema: &str, problems: &[&str]) -> Value {
    let ok = json!({ "description": "Done.", "content": { "application/json": { "schema": reference(schema) } } });
    with_problems(ok, problems)
}

fn with_report(problems: &[&str]) -> Value {
    let text = json!({ "schema": { "type": "string" } });
    let ok = json!({
        "description": "The report, as `sekisho scan --format json` writes it. Its level is `error` where the scan failed.",
        "headers": { "X-Report-Id": text, "X-Verdict": text },
        "content": { "application/json": { "schema": reference("Report") } },
    });
    with_problems(ok, problems)
}

fn with_problems(ok: Value, problems: &[&str]) -> Value {
    let mut all = Map::new();
    all.insert("200".to_owned(), ok);
    for status in problems {
        all.insert((*status).to_owned(), problem(status));
    }
    Value::Object(all)
}

/// The schemas: those of a report as `docs/report.schema.json` has them, and the small ones.
fn schemas() -> Map<String, Value> {
    let mut all = Map::new();
    let text = json!({ "type": "string" });
    let one = |properties: Value, required: &[&str]| json!({ "type": "object", "properties": properties, "required": required });
    all.insert("Health".to_owned(), one(json!({ "status": text }), &["status"]));
    let version = json!({ "name": text, "version": text, "rules": text, "schema": text });
    all.insert("Version".to_owned(), one(version, &["name", "version", "rules", "schema"]));
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.uri()).collect();
    let problem = json!({
        "type": { "type": "string", "enum": kinds },
        "title": text,
        "status": { "type": "integer" },
        "detail": { "type": "string", "description": "What is wrong with this request." },
        "where": { "type": "string", "description": "The part of the request, or of the server, that it is about." },
        "remedy": { "type": "string", "description": "What to do." },
    });
    all.insert("Problem".to_owned(), one(problem, &["type", "title", "status", "detail", "where", "remedy"]));
    all.extend(hook_schemas());
    if let Ok(Value::Object(mut report)) = serde_json::from_str(&crate::report::schema()) {
        report.remove("$schema");
        if let Some(Value::Object(parts)) = report.remove("$defs") {
            for (name, mut part) in parts {
                move_references(&mut part);
                all.insert(name, part);
            }
        }
        let mut report = Value::Object(report);
        move_references(&mut report);
        all.insert("Report".to_owned(), report);
    }
    all
}

/// What Stalwart posts, as far as it is looked at, and what it is told.
fn hook_schemas() -> [(String, Value); 2] {
    let text = json!({ "type": "string" });
    let address = json!({ "type": "object", "properties": { "address": text }, "required": ["address"] });
    let pair = json!({ "type": "array", "items": text, "minItems": 2, "maxItems": 2 });
    let request = json!({
        "type": "object",
        "required": ["context"],
        "properties": {
            "context": { "type": "object", "properties": { "stage": text }, "required": ["stage"] },
            "envelope": {
                "type": "object",
                "properties": { "from": address, "to": { "type": "array", "items": address } },
                "required": ["from", "to"],
            },
            "message": {
                "type": "object",
                "properties": {
                    "headers": { "type": "array", "items": pair },
                    "contents": text,
                    "size": { "type": "integer" },
                },
                "required": ["headers", "contents"],
            },
        },
    });
    let modification = json!({
        "type": "object",
        "properties": {
            "type": { "type": "string", "enum": ["addHeader", "changeHeader", "deleteHeader", "replaceContents"] },
            "index": { "type": "integer" },
            "name": text,
            "value": text,
        },
        "required": ["type"],
    });
    let response = json!({
        "type": "object",
        "required": ["action"],
        "properties": {
            "action": { "type": "string", "enum": ["accept", "discard", "reject", "quarantine"] },
            "response": {
                "type": "object",
                "properties": {
                    "status": { "type": "integer" },
                    "enhanced_status": text,
                    "enhancedStatus": text,
                    "message": text,
                    "disconnect": { "type": "boolean" },
                },
                "required": ["status", "enhanced_status", "message", "disconnect"],
            },
            "modifications": { "type": "array", "items": modification },
        },
    });
    [("HookRequest".to_owned(), request), ("HookResponse".to_owned(), response)]
}

/// `#/$defs/X` becomes `#/components/schemas/X`. The schema is our own: it is a few levels deep.
fn move_references(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(target) if key == "$ref" => {
                        *target = target.replace("#/$defs/", "#/components/schemas/");
                    }
                    other => move_references(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(move_references),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_described_and_every_reference_leads_somewhere() {
        let text = document();
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json"), &text).unwrap();
        }
        let document: Value = serde_json::from_str(&text).unwrap();
        for route in ROUTES {
            let operation = &document["paths"][route.path][route.method.to_ascii_lowercase()];
            assert!(operation["operationId"].is_string(), "{} {}", route.method, route.path);
        }
        for (at, _) in text.match_indices("\"#/") {
            let target = text[at + 2..].split('"').next().unwrap();
            assert!(document.pointer(target).is_some(), "{target}");
        }
    }
}
