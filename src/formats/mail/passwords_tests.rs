//! Phrasings of real mail, Japanese and English.

use super::*;

fn of_body(body: &str) -> Vec<String> {
    let bodies = [body.to_owned()];
    let message = Message { bodies: &bodies, date: Some("Tue, 15 Mar 2016 09:12:40 +0900"), ..Message::default() };
    candidates(&message).into_iter().map(|hint| hint.text).collect()
}

#[track_caller]
fn gives(body: &str, password: &str) {
    let found = of_body(body);
    let place = found.iter().position(|text| text == password);
    assert!(place.is_some_and(|place| place < 8), "{password} not among the first of {found:?} in {body:?}");
}

#[test]
fn brackets_after_the_word() {
    gives("解凍パスワードは「Tkt#2016」です。", "Tkt#2016");
    assert_eq!(of_body("解凍パスワードは「Tkt#2016」です。").first().map(String::as_str), Some("Tkt#2016"));
    gives("添付ファイルのパスワードは『a!b 2』となります。", "a!b 2");
    gives("パスワード：【xY9-22】", "xY9-22");
    gives("パスワードは「さくら2016」です", "さくら2016");
    gives("Password is \"open sesame\".", "open sesame");
    gives("The password is “Blue.Sky7”", "Blue.Sky7");
    gives("password: 'K9k9'", "K9k9");
    gives("パスワード（kx3920）で開いてください", "kx3920");
    gives("暗証番号は「4649」です。", "4649");
    gives("解凍パス：＜abc-99＞", "abc-99");
}

#[test]
fn separators_after_the_word() {
    gives("パスワード：abc123", "abc123");
    gives("パスワード： abc123 （半角）", "abc123");
    gives("パスワードはabc123です。", "abc123");
    gives("パスワードは、 Zz0!9x です。", "Zz0!9x");
    gives("PW: qwer5678", "qwer5678");
    gives("ＰＷ：ａｂｃ１２３", "abc123");
    gives("PW→T2016!", "T2016!");
    gives("pass = 7788aa", "7788aa");
    gives("Pass: 8832", "8832");
    gives("【パスワード】 0315tkt", "0315tkt");
    gives("■パスワード 0315tkt", "0315tkt");
    gives("[Password] 0315tkt", "0315tkt");
    gives("The password is hello2you.", "hello2you");
    gives("Password - 5521", "5521");
    gives("The password for the attached file is: m3lon", "m3lon");
    gives("Archive password: 777", "777");
    gives("ZIP解凍キー：kk-11", "kk-11");
    gives("パスワード（半角英数字）：pp09", "pp09");
    gives("> パスワード: q1w2", "q1w2");
    gives("Passwort: geheim1", "geheim1");
    gives("use password infected666 to open the file", "infected666");
    gives("ﾊﾟｽﾜｰﾄﾞ:kana88", "kana88");
    gives("password:P@ssw0rd", "P@ssw0rd");
    gives("パスワードは secret です", "secret");
}

#[test]
fn punctuation_at_the_end_is_tried_both_ways() {
    let found = of_body("The password is Hello5!");
    assert_eq!(found.first().map(String::as_str), Some("Hello5!"));
    assert!(found.contains(&"Hello5".to_owned()));
    let found = of_body("The password is Hello5.");
    assert_eq!(found.first().map(String::as_str), Some("Hello5"));
}

#[test]
fn the_next_line() {
    gives("パスワードは以下の通りです。\n\nabc123\n\nよろしくお願いいたします。", "abc123");
    gives("以下のパスワードで解凍してください。\n----\nTkt-0315\n----", "Tkt-0315");
    gives("The password is below:\r\n\r\nsunflower\r\n\r\nRegards,\r\nTaro", "sunflower");
    gives("解凍パスワード\n「xyz」", "xyz");
    gives("パスワード:\n・abcd", "abcd");
}

#[test]
fn words_around_the_password() {
    gives("「abc123」が解凍パスワードです。", "abc123");
    gives("Please use abc123 as the password.", "abc123");
    gives("パスワードは、会員番号「0042」です。", "0042");
    gives("添付は暗号化しています。\nパスワードについては\n弊社名＋「2016」\nです。", "2016");
}

#[test]
fn dates_and_telephone_numbers() {
    gives("パスワードは本日の日付（8桁）です。", "20160315");
    gives("パスワードは送信日の月日4桁です（日付）", "0315");
    let found = of_body("パスワードは弊社電話番号の下4桁です。\n\n山田商事\nTEL 03-1234-5678\nFAX: 03(1234)9999");
    assert!(found.contains(&"5678".to_owned()) && found.contains(&"9999".to_owned()), "{found:?}");
}

#[test]
fn subject_and_names() {
    let names = ["資料_pw_a1b2.zip".to_owned(), "book(pass-7788).zip".to_owned()];
    let message = Message { subject: Some("Re: 見積 (PW: mit55)"), names: &names, ..Message::default() };
    let found = candidates(&message);
    for (text, source) in
        [("mit55", PasswordSource::Subject), ("a1b2", PasswordSource::FileName), ("7788", PasswordSource::FileName)]
    {
        assert!(found.contains(&PasswordHint { text: text.into(), source }), "{text}: {found:?}");
    }
}

#[test]
fn mails_that_do_not_speak_of_passwords_offer_none() {
    for body in [
        "お世話になっております。\n航空券控えを添付いたします。「予約番号 12AB」をご確認ください。",
        "Please find the invoice no. INV-2016-0315 attached. Call me at 03-1234-5678.",
        "弊社では全国にサービスを展開しております。\nキーワード検索は「JTB」で。",
        "shipping to pwllheli, spinning, keyboard, passenger list",
        "Boarding pass attached. Gate 12B, seat 33K.",
        "The key points are: 1) cost 2) time",
        "",
    ] {
        assert_eq!(of_body(body), Vec::<String>::new(), "{body}");
    }
}

#[test]
fn mails_that_only_mention_a_password_offer_little() {
    for body in [
        "パスワードは別途お送りいたします。",
        "The password will be sent separately.",
        "Your password has been changed.",
        "パスワードは別メールにてご連絡いたします。よろしくお願いいたします。",
        "If you forgot your password, visit http://example.com/reset?id=9f8e7d",
    ] {
        assert!(of_body(body).len() <= 1, "{body}: {:?}", of_body(body));
    }
}

#[test]
fn at_most_the_allowed_number_comes_out() {
    let body: String = (0..500).map(|n| format!("password: abc{n}\n")).collect();
    assert_eq!(of_body(&body).len(), MAX_PASSWORDS);
    let _ = of_body(&"パスワード".repeat(50_000));
}
