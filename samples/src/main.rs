//! Writes samples out, to play with: all into a folder, or one to standard output.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: sekisho-samples FOLDER   write every sample into FOLDER\n       sekisho-samples --one ID write one sample to standard output";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--one", id] => write_one(id),
        [folder] if !folder.starts_with('-') => write_all(Path::new(folder)),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "{message}");
            ExitCode::from(64)
        }
    }
}

fn write_one(id: &str) -> Result<(), String> {
    let sample = sekisho_samples::find(id).ok_or_else(|| format!("no sample is called {id}"))?;
    std::io::stdout().write_all(&(sample.make)()).map_err(|error| error.to_string())
}

fn write_all(folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for sample in sekisho_samples::all() {
        let extension = Path::new(sample.file_name).extension().and_then(|e| e.to_str()).unwrap_or("bin");
        let path = folder.join(format!("{}.{extension}", sample.id));
        std::fs::write(&path, (sample.make)()).map_err(|error| format!("{}: {error}", path.display()))?;
        let _ = writeln!(std::io::stdout(), "{}\t{}", path.display(), sample.about);
    }
    Ok(())
}
