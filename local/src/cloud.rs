//! A running local cloud.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::control::agent;
use crate::{Control, Log, Python, leak};

/// The variables that name a way to the internet. Nothing that talks to a local cloud may take it.
pub const PROXIES: [&str; 6] = ["ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"];

/// What a cloud is made of.
#[derive(Debug, Clone, Default)]
pub struct Options {
    functions: Vec<(String, PathBuf)>,
    parameters: Vec<(String, String)>,
}

impl Options {
    /// Runs this binary as the function of this logical id.
    #[must_use]
    pub fn function(mut self, logical_id: &str, binary: impl Into<PathBuf>) -> Self {
        self.functions.push((logical_id.to_owned(), binary.into()));
        self
    }

    /// Gives a parameter of the template a value other than its default.
    #[must_use]
    pub fn parameter(mut self, name: &str, value: &str) -> Self {
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// A function that runs in the cloud.
#[derive(Debug, Clone, Deserialize)]
pub struct Function {
    /// Its name, by which it is invoked.
    pub name: String,
    /// Its log.
    pub log: Log,
    /// Its processes.
    pub workers: u32,
}

#[derive(Debug, Deserialize)]
struct Ready {
    endpoint: String,
    proxy: String,
    invoke: String,
    region: String,
    outputs: BTreeMap<String, String>,
    functions: BTreeMap<String, Function>,
    resources: BTreeMap<String, String>,
    created_by_call: Vec<String>,
    skipped: Vec<String>,
}

/// A running cloud. Dropping it stops all that it started, and panics when a secret stands in anything that was written
/// meanwhile.
#[derive(Debug)]
pub struct Cloud {
    ready: Ready,
    child: Child,
    // The cloud ends when this closes, so it also ends when we are killed.
    life: Option<ChildStdin>,
    folder: PathBuf,
}

impl Cloud {
    /// Starts a cloud and waits until the template is deployed and the functions poll.
    pub fn start(workspace: &Path, python: &Python, options: &Options) -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = workspace.join(format!("target/local-cloud/{}-{number}", std::process::id()));
        // Of an earlier process of the same number, which failed.
        fs::remove_dir_all(&folder).unwrap_or_default();
        fs::create_dir_all(&folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
        let errors = folder.join("start.log");
        let mut command = Command::new(python.tool("python"));
        command
            .args(["-m", "cloud", "--template"])
            .arg(workspace.join("template.yaml"))
            .arg("--log-dir")
            .arg(&folder)
            .arg("--cache-dir")
            .arg(workspace.join("target/local-cloud/cache"))
            .env("PYTHONPATH", workspace.join("local"))
            .env("PATH", python.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&errors)?);
        for proxy in PROXIES {
            command.env_remove(proxy);
        }
        for (logical_id, binary) in &options.functions {
            command.arg("--function").arg(format!("{logical_id}={}", binary.display()));
        }
        for (name, value) in &options.parameters {
            command.arg("--parameter").arg(format!("{name}={value}"));
        }
        let mut child = command.spawn().context("cannot start the local cloud")?;
        let life = child.stdin.take();
        let mut ready = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut ready).context("cannot read from the local cloud")?;
        }
        match serde_json::from_str(&ready) {
            Ok(ready) => Ok(Self { ready, child, life, folder }),
            Err(error) => {
                drop(life);
                child.wait()?;
                let said = fs::read_to_string(&errors).unwrap_or_default();
                let said = if said.trim().is_empty() { error.to_string() } else { said.trim().to_owned() };
                bail!("the local cloud did not start: {said}")
            }
        }
    }

    /// The URL of the AWS APIs.
    pub fn endpoint(&self) -> &str {
        &self.ready.endpoint
    }

    /// The URL of the same APIs behind the fault proxy. The functions use it.
    pub fn proxy(&self) -> &str {
        &self.ready.proxy
    }

    /// The URL to invoke a function at, with `{name}` in the function's place.
    pub fn invoke_url(&self) -> &str {
        &self.ready.invoke
    }

    /// Invokes a function with this event and answers what it answers.
    pub fn invoke(&self, logical_id: &str, event: &Value) -> Result<Value> {
        let url = self.ready.invoke.replace("{name}", &self.function(logical_id)?.name);
        let mut answer =
            agent().post(&url).send_json(event).with_context(|| format!("cannot invoke `{logical_id}`"))?;
        answer.body_mut().read_json().with_context(|| format!("cannot read the answer of `{logical_id}`"))
    }

    /// The fault proxy follows these rules of its own language from now on, beside those that it has.
    pub fn fault(&self, rules: &Value) -> Result<()> {
        let url = format!("{}/_microburst/rules", self.ready.proxy);
        agent().patch(&url).send_json(rules).with_context(|| format!("the fault proxy refuses {rules}"))?;
        Ok(())
    }

    /// The fault proxy forgets its rules.
    pub(crate) fn follow_no_rules(&self) -> Result<()> {
        let url = format!("{}/_microburst/rules", self.ready.proxy);
        agent().post(&url).send_json(json!([])).context("cannot tell the fault proxy to forget its rules")?;
        Ok(())
    }

    /// How many faults the proxy has answered with so far, by the rules that it has.
    pub fn fired(&self) -> Result<u64> {
        self.fired_by(|_| true)
    }

    /// The same for the rules that are chosen.
    pub(crate) fn fired_by(&self, chosen: impl Fn(&Value) -> bool) -> Result<u64> {
        let url = format!("{}/_microburst/rules", self.ready.proxy);
        let rules: Value = agent().get(&url).call().context("cannot ask the fault proxy")?.body_mut().read_json()?;
        let chosen = |rules: &Vec<Value>| {
            rules.iter().filter(|rule| chosen(rule)).map(|rule| rule.get("fired_count")?.as_u64()).sum()
        };
        let counts = rules.as_array().map(chosen);
        counts.flatten().with_context(|| format!("the fault proxy answers {rules}"))
    }

    /// The region that everything is in.
    pub fn region(&self) -> &str {
        &self.ready.region
    }

    /// An output of the template.
    pub fn output(&self, name: &str) -> Result<&str> {
        self.ready.outputs.get(name).map(String::as_str).with_context(|| format!("the template has no output `{name}`"))
    }

    /// All outputs of the template.
    pub fn outputs(&self) -> &BTreeMap<String, String> {
        &self.ready.outputs
    }

    /// The physical id of a resource of the template, such as a queue's URL or a rule's name.
    pub fn resource(&self, logical_id: &str) -> Result<&str> {
        let resource = self.ready.resources.get(logical_id).map(String::as_str);
        resource.with_context(|| format!("the stack has no resource `{logical_id}`"))
    }

    /// The functions, by logical id.
    pub fn functions(&self) -> &BTreeMap<String, Function> {
        &self.ready.functions
    }

    /// A function by its logical id.
    pub fn function(&self, logical_id: &str) -> Result<&Function> {
        self.ready.functions.get(logical_id).with_context(|| format!("`{logical_id}` does not run here"))
    }

    /// A function's log.
    pub fn log(&self, logical_id: &str) -> Result<&Log> {
        Ok(&self.function(logical_id)?.log)
    }

    /// Resources that the emulator's CloudFormation does not know and that were made by call.
    pub fn created_by_call(&self) -> &[String] {
        &self.ready.created_by_call
    }

    /// Resources of the template that the local cloud does not have.
    pub fn skipped(&self) -> &[String] {
        &self.ready.skipped
    }

    /// What AWS has no API for: connecting a camera, crashing a function, letting time pass.
    pub fn control(&self) -> Control {
        Control::new(&self.ready.endpoint)
    }

    /// The variables with which any AWS tool talks to this cloud.
    pub fn environment(&self) -> [(&'static str, String); 5] {
        [
            ("AWS_ENDPOINT_URL", self.ready.endpoint.clone()),
            ("AWS_REGION", self.ready.region.clone()),
            // Python's SDK reads only this one.
            ("AWS_DEFAULT_REGION", self.ready.region.clone()),
            ("AWS_ACCESS_KEY_ID", "local".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
        ]
    }

    /// Where logs lie while the cloud runs.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether it still runs: it has no reason to end by itself.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        self.life.take();
        let began = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && began.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(20));
        }
        // Only a cloud that hangs is still there. Failing to kill what ended a moment ago is no fault.
        self.child.kill().unwrap_or_default();
        self.child.wait().map(drop).unwrap_or_default();
        let leaked = leak::in_folder(&self.folder).unwrap_or_else(|error| vec![format!("{error:#}")]);
        if !leaked.is_empty() {
            self.tell(&leaked);
        } else if !std::thread::panicking() {
            fs::remove_dir_all(&self.folder).unwrap_or_default();
        }
    }
}

impl Cloud {
    /// Keeps the leaks in a file, which `cargo xtask test` looks for: who panics already has another thing to say, and a
    /// panic may be lost in a thread that nobody waits for.
    #[expect(clippy::panic, clippy::print_stderr, reason = "a leak fails whoever made it, and this is a destructor")]
    fn tell(&self, leaked: &[String]) {
        let kept = self.folder.with_extension(leak::KEPT);
        let leaked = leaked.join("\n");
        let told =
            format!("a secret stands in what was written to `{}`, see `{}`", self.folder.display(), kept.display());
        if let Err(error) = fs::write(&kept, format!("{leaked}\n")) {
            eprintln!("cannot write `{}`: {error}", kept.display());
        }
        if std::thread::panicking() {
            eprintln!("{told}:\n{leaked}");
        } else {
            panic!("{told}:\n{leaked}");
        }
    }
}
