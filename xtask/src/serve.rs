//! The local cloud in the foreground.

use std::path::Path;

use anyhow::Result;
use comfy_table::{Table, presets};
use local::{Cloud, Options};

use crate::build;
use crate::report::{heading, line};

/// Reads `Name=Value`.
pub(crate) fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| format!("`{text}`: expected Name=Value"))?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Runs until Ctrl-C or until its standard input is closed.
pub(crate) fn run(workspace: &Path, parameters: &[(String, String)]) -> Result<()> {
    let python = build::python(workspace)?;
    let built = build::everything(workspace)?;
    let options = parameters
        .iter()
        .fold(Options::default().function("ProvisionFunction", built.binary("provision")), |options, (name, value)| {
            options.parameter(name, value)
        });
    let mut cloud = Cloud::start(workspace, &python, &options)?;
    show(&cloud);
    line("\nCtrl-C stops it.");
    cloud.wait()
}

/// Prints how to reach a cloud.
pub(crate) fn show(cloud: &Cloud) {
    heading("The local cloud is up");
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.add_row(["AWS endpoint", cloud.endpoint()]);
    table.add_row(["  behind the fault proxy", cloud.proxy()]);
    table.add_row(["Lambda invoke", cloud.invoke()]);
    for (name, value) in cloud.outputs() {
        table.add_row([name, value]);
    }
    for function in cloud.functions().values() {
        table.add_row([&format!("log of {}", function.name), &function.log.display().to_string()]);
    }
    line(&table.to_string());
    if !cloud.skipped().is_empty() {
        line(&format!("\nIn template.yaml and not here: {}", cloud.skipped().join(", ")));
    }
    heading("Drive it with any AWS tool");
    for (name, value) in cloud.environment() {
        line(&format!("export {name}={value}"));
    }
}
