//! The local cloud in the foreground.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use comfy_table::{Table, presets};
use local::{Cloud, Options};

use crate::report::{heading, line};
use crate::{build, ending};

/// Reads `Name=Value`.
pub(crate) fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| format!("`{text}`: expected Name=Value"))?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Runs until Ctrl-C.
pub(crate) fn run(workspace: &Path, parameters: &[(String, String)]) -> Result<()> {
    ending::on_signals()?;
    let python = build::python(workspace)?;
    let built = build::everything(workspace)?;
    let options = Options::default()
        .function("ProvisionFunction", built.binary("provision"))
        .function("AuditFunction", built.binary("audit"));
    let options = parameters.iter().fold(options, |options, (name, value)| options.parameter(name, value));
    let start = || Cloud::start(workspace, &python, &options);
    ending::start(start, |cloud| {
        show(cloud);
        Ok(())
    })?;
    line("\nCtrl-C stops it.");
    while ending::cloud(Cloud::runs)? {
        std::thread::sleep(Duration::from_millis(100));
    }
    bail!("the local cloud has ended by itself")
}

/// The name of the stack that a cloud runs, which `warden` asks for.
pub(crate) fn stack(cloud: &Cloud) -> Result<&str> {
    let thing_type = cloud.output("CameraThingTypeName")?;
    thing_type
        .strip_suffix("-camera")
        .with_context(|| format!("`{thing_type}` does not end as a thing type of ours does"))
}

/// Prints how to reach a cloud.
pub(crate) fn show(cloud: &Cloud) {
    heading("The local cloud is up");
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.add_row(["AWS endpoint", cloud.endpoint()]);
    table.add_row(["  behind the fault proxy", cloud.proxy()]);
    table.add_row(["Lambda invoke", cloud.invoke_url()]);
    for (name, value) in cloud.outputs() {
        table.add_row([name, value]);
    }
    for function in cloud.functions().values() {
        table.add_row([&format!("log of {}", function.name), &function.log.path().display().to_string()]);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    line(&table.trim_fmt());
    if !cloud.skipped().is_empty() {
        line(&format!("\nIn template.yaml and not here: {}", cloud.skipped().join(", ")));
    }
    heading("Drive it with any AWS tool");
    for (name, value) in cloud.environment() {
        line(&format!("export {name}={value}"));
    }
    if let Ok(stack) = stack(cloud) {
        line(&format!("export WARDEN_STACK={stack}"));
    }
    heading("Connect a camera, as over TLS (twice: AWS IoT hangs up on a first connect)");
    line(&format!("curl --data-binary @certs/NAME.pem {}/_local/connect", cloud.endpoint()));
    if cloud.output("AllowedCaCertificateIds").is_ok_and(|ids| ids == "none") {
        line(
            "No CA is allowed yet, so every camera is refused. Make one with `warden ca create`, and start this with\n\
             `--parameter AllowedCaCertificateIds=<its id>`.",
        );
    }
}
