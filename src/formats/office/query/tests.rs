use super::{DATABASE_QUERY, ODC, ODC_XML, WEB_QUERY};
use crate::formats::trial::{attachment, is_taken, observed, scan, weight};
use crate::model::Severity;
use crate::stage::Probe;

#[test]
fn web_queries_say_where_they_lead_and_what_they_send() {
    let said = scan(&WEB_QUERY, "a.iqy", b"WEB\r\n1\r\nhttp://example.com/q\r\nSelection=1\r\n");
    assert_eq!(weight(&said, "web-query-file"), Some(Severity::High));
    assert_eq!(observed(&said, "web-query-file").unwrap(), "http://example.com/q");
    let said = scan(&WEB_QUERY, "a.iqy", b"\nhttps://example.com/q\nuser=[\"user\"]\n");
    assert_eq!(observed(&said, "web-query-file").unwrap(), "https://example.com/q, sends user=[\"user\"]");
    let said = scan(&WEB_QUERY, "a.iqy", b"WEB\n1\n\\\\192.0.2.1\\s\\a.htm\n");
    assert_eq!(weight(&said, "web-query-file"), Some(Severity::High));
    let said = scan(&WEB_QUERY, "a.iqy", b"WEB\n1\nhttp://intranet/q\n");
    assert_eq!(weight(&said, "web-query-file"), Some(Severity::Medium));
}

#[test]
fn texts_about_the_web_are_no_queries() {
    for text in ["web\nthe web is large\nhttp://example.com/", "http://example.com/q"] {
        assert!(!is_taken(&WEB_QUERY, &attachment("a.txt", text.as_bytes())), "{text}");
    }
}

#[test]
fn connections_are_judged_by_place_and_command() {
    let weigh = |text: &str| {
        let spec = if text.starts_with("<html") { &ODC } else { &DATABASE_QUERY };
        weight(&scan(spec, "a.dqy", text.as_bytes()), "data-connection-file")
    };
    assert_eq!(weigh("XLODBC\r\n1\r\nDRIVER=SQL Server;SERVER=db.example.com\r\nSELECT 1\r\n"), Some(Severity::Medium));
    assert_eq!(weigh("XLODBC\r\n1\r\nDSN=Sales;SERVER=SQL01\r\nSELECT 1\r\n"), Some(Severity::Low));
    assert_eq!(
        weigh(
            "QueryType=OLEDB\nVersion=1\nConnection=Provider=SQLOLEDB;Data Source=SQL01\nCommandText=xp_cmdshell 'x'"
        ),
        Some(Severity::High)
    );
    let page = "<html xmlns:o=\"x\"><head><meta name=ProgId content=ODC.Database><xml id=msodc><odc:OfficeDataConnection>\
                <odc:Connection odc:Type=\"OLEDB\"><odc:ConnectionString>Provider=x;Data Source=https://example.com/a?b&amp;c\
                </odc:ConnectionString><odc:CommandText>SELECT 1</odc:CommandText></odc:Connection></xml></html>";
    let said = scan(&ODC, "a.odc", page.as_bytes());
    assert_eq!(weight(&said, "data-connection-file"), Some(Severity::High));
    assert_eq!(
        observed(&said, "data-connection-file").unwrap(),
        "data source https://example.com/a?b&c, asks SELECT 1"
    );
    assert!(said.iocs.iter().any(|ioc| ioc.value == "https://example.com/a?b&c"));
    let alone = "<?xml version=\"1.0\"?><odc:OfficeDataConnection><odc:ConnectionString>Data Source=192.0.2.1\
                 </odc:ConnectionString></odc:OfficeDataConnection>";
    let said = scan(&ODC_XML, "a.odc", alone.as_bytes());
    assert_eq!(weight(&said, "data-connection-file"), Some(Severity::Medium));
}

#[test]
fn pages_and_settings_are_no_connections() {
    let Probe::Within(_, is_connection) = ODC.probe else { panic!() };
    assert!(!is_connection(&attachment("a.htm", b"<html><body>Data Source=192.0.2.1</body></html>")));
    assert!(!is_taken(&DATABASE_QUERY, &attachment("a.txt", b"connection=close\nquerytype=a")));
}
