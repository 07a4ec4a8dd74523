use super::forms;
use crate::formats::office::ole::OleView;
use crate::model::View;
use sekisho_samples::office::cfb::Cfb;
use sekisho_samples::office::forms::Form;

fn view(form: &Form, change: impl Fn(&str, Vec<u8>) -> Vec<u8>) -> OleView {
    let streams = form.streams().into_iter();
    let file = streams.fold(Cfb::new(), |file, (path, bytes)| {
        let bytes = change(&path, bytes);
        file.stream(&path, bytes)
    });
    OleView::parse(&file.build().into()).unwrap()
}

fn sample() -> Form {
    Form::new("UserForm1")
        .label("Label1", "お名前", "", "a tip")
        .label("Label2", "caption", "a tag", "")
        .text_box("TextBox1", "a value")
        .frame("Frame1", Form::new("").text_box("TextBox2", "deep"))
}

#[test]
fn texts_come_with_the_names_macros_use() {
    let forms = forms(&view(&sample(), |_, bytes| bytes));
    assert_eq!(forms.len(), 1);
    assert!(!forms[0].is_partial);
    let strings: Vec<(&str, &str)> =
        forms[0].strings.iter().map(|string| (string.name.as_str(), string.value.as_str())).collect();
    let expected = [
        ("UserForm1.Caption", "UserForm1"),
        ("UserForm1.Label1.ControlTipText", "a tip"),
        ("UserForm1.Label1.Caption", "お名前"),
        ("UserForm1.Label2.Tag", "a tag"),
        ("UserForm1.Label2.Caption", "caption"),
        ("UserForm1.TextBox1.Value", "a value"),
        ("UserForm1.TextBox2.Value", "deep"),
    ];
    assert_eq!(strings, expected);
    assert!(forms[0].text().contains("UserForm1.TextBox2.Value = deep\r\n"));
}

#[test]
fn what_cannot_be_followed_is_searched() {
    // The list of controls is gone; the texts are still there.
    let view = view(&sample(), |path, bytes| if path == "UserForm1/f" { bytes[..30].to_vec() } else { bytes });
    let forms = forms(&view);
    assert!(forms[0].is_partial);
    assert!(forms[0].strings.iter().any(|string| string.value.contains("a value")));
}

#[test]
fn broken_forms_break_nothing() {
    for step in 0..600usize {
        let view = view(&sample(), |_, mut bytes| {
            if !bytes.is_empty() {
                let place = (step * 13) % bytes.len();
                bytes[place] = bytes[place].wrapping_add(step as u8 | 0x80);
                bytes.truncate(bytes.len() - (step * 7) % bytes.len());
            }
            bytes
        });
        forms(&view);
    }
}

#[test]
fn other_storages_are_no_forms() {
    let bytes = Cfb::new().stream("f", vec![0; 40]).stream("Macros/VBA/dir", vec![0; 9]).build();
    assert!(forms(&OleView::parse(&bytes.into()).unwrap()).is_empty());
}
