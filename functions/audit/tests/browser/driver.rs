//! A headless Chromium, driven through its `WebDriver`.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

/// A page that is open in a browser of its own.
pub(crate) struct Browser {
    client: Client,
    driver: Driver,
    /// Holds the page and the browser's profile.
    _folder: tempfile::TempDir,
}

/// The driver's process, ended with what holds it.
struct Driver {
    process: Child,
    port: u16,
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

impl Driver {
    fn start() -> Self {
        let program = program("CHROMEDRIVER", &["chromedriver"]);
        let mut process = Command::new(&program)
            .args(["--port=0", "--allowed-ips=127.0.0.1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start `{}`: {error}", program.display()));
        let mut said = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = said.by_ref().map_while(Result::ok).find_map(|line| {
            let rest = line.split_once("started successfully on port ")?.1;
            rest.trim_end_matches('.').parse().ok()
        });
        // Else it would stop when nobody reads what it says.
        std::thread::spawn(move || said.for_each(drop));
        Self { process, port: port.expect("chromedriver did not tell its port") }
    }
}

/// A program by its environment variable, else by its names in `PATH`.
#[expect(clippy::disallowed_methods, reason = "where the browser is, only the machine that tests can say")]
fn program(variable: &str, names: &[&str]) -> PathBuf {
    if let Some(path) = std::env::var_os(variable) {
        return path.into();
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path);
    let found = folders.flat_map(|folder| names.iter().map(move |name| folder.join(name))).find(|path| path.is_file());
    found.unwrap_or_else(|| {
        panic!(
            "`{}` is not there: install Chromium and its driver (Debian and Ubuntu: `apt install chromium \
             chromium-driver`), or name it in the environment variable `{variable}`",
            names[0]
        )
    })
}

impl Browser {
    pub(crate) async fn open(page: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("report.html");
        std::fs::write(&file, page).unwrap();
        let driver = Driver::start();
        let client = connect(&driver, folder.path()).await;
        client.goto(&format!("file://{}", file.display())).await.unwrap();
        Self { client, driver, _folder: folder }
    }

    /// What a script returns.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.run_with(script, json!([])).await
    }

    /// What a script returns that is given a list of arguments.
    pub(crate) async fn run_with(&self, script: &str, arguments: Value) -> Value {
        self.client.execute(script, arguments.as_array().unwrap().clone()).await.unwrap()
    }

    /// Waits until a script returns true.
    pub(crate) async fn until(&self, script: &str) {
        let end = Instant::now() + Duration::from_secs(10);
        while self.run(script).await != true {
            assert!(Instant::now() < end, "never: {script}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Writes into an empty or filled field, as a person does, and waits for the page to have followed.
    pub(crate) async fn write(&self, field: &str, text: &str) {
        let field = self.client.find(Locator::Css(field)).await.unwrap();
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
        let asked = text.replace(' ', "+");
        self.until(&format!("return location.hash.includes('q={asked}')")).await;
    }

    pub(crate) async fn press_enter(&self, what: &str) {
        self.client.find(Locator::Css(what)).await.unwrap().send_keys("\u{e007}").await.unwrap();
    }

    pub(crate) async fn reload(&self) {
        self.client.refresh().await.unwrap();
    }

    pub(crate) async fn resize(&self, width: u32) {
        let metrics = json!({ "width": width, "height": 844, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// A command of the `DevTools` protocol.
    pub(crate) async fn command(&self, name: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": name, "params": parameters });
        self.client.issue_cmd(Raw { path: "goog/cdp/execute", body }).await.unwrap()
    }

    /// What the console shows as warnings and errors, what the page's policy stopped among it.
    pub(crate) async fn complaints(&self) -> Vec<Value> {
        let log = self.client.issue_cmd(Raw { path: "se/log", body: json!({ "type": "browser" }) }).await.unwrap();
        log.as_array().unwrap().iter().filter(|line| line["level"] != "INFO").cloned().collect()
    }

    /// Ends a browser in which nothing went wrong and nothing was asked of a network.
    pub(crate) async fn end(self) {
        assert_eq!(self.complaints().await, Vec::<Value>::new());
        let asked = self.run("return performance.getEntriesByType('resource').map((one) => one.name)").await;
        assert_eq!(asked, json!([]));
        self.stop().await;
    }

    /// Ends the browser.
    pub(crate) async fn stop(self) {
        let Self { client, driver, _folder } = self;
        client.close().await.unwrap();
        drop(driver);
    }
}

async fn connect(driver: &Driver, folder: &Path) -> Client {
    let mut arguments: Vec<String> = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,900",
    ]
    .map(str::to_owned)
    .to_vec();
    arguments.push(format!("--user-data-dir={}", folder.join("profile").display()));
    let binary = program("CHROMIUM", &["chromium", "chromium-browser", "google-chrome"]);
    let capabilities = json!({
        "goog:chromeOptions": { "args": arguments, "binary": binary },
        "goog:loggingPrefs": { "browser": "ALL" },
    });
    ClientBuilder::new(HttpConnector::new())
        .capabilities(capabilities.as_object().unwrap().clone())
        .connect(&format!("http://127.0.0.1:{}", driver.port))
        .await
        .unwrap()
}

/// A command that the library does not know.
#[derive(Debug)]
struct Raw {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Raw {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _url: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}
