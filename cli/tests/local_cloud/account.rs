//! An account in the local cloud, and a person with `warden` and a directory of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use local::{Cloud, Options, Python};
use serde_json::Value;
use tempfile::TempDir;

/// The account as the template leaves it: nothing is turned on, no CA is registered.
pub(crate) struct Account {
    pub(crate) cloud: Cloud,
    pub(crate) iot: aws_sdk_iot::Client,
    pub(crate) streams: aws_sdk_kinesisvideo::Client,
    home: TempDir,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) error: String,
}

impl Ended {
    /// It went well, and said nothing of errors.
    #[track_caller]
    pub(crate) fn well(self) -> String {
        assert_eq!((self.code, self.error.as_str()), (0, ""), "{}", self.out);
        self.out
    }

    /// It found something amiss, and said so where others read.
    #[track_caller]
    pub(crate) fn amiss(self) -> String {
        assert_eq!((self.code, self.error.as_str()), (1, ""), "{}", self.out);
        self.out
    }

    /// It failed. Answers the one line that says why.
    #[track_caller]
    pub(crate) fn failed(self) -> String {
        assert_eq!((self.code, self.out.as_str()), (1, ""), "{}", self.error);
        assert!(self.error.starts_with("error: cannot ") && self.error.lines().count() == 1, "{}", self.error);
        self.error
    }
}

impl Account {
    /// Allows no CA.
    pub(crate) async fn new() -> Self {
        Self::deployed(tempfile::tempdir().unwrap(), Options::default()).await
    }

    /// Has a budget of 1,000 USD, and the function that keeps to it.
    pub(crate) async fn with_budget() -> Self {
        // Where the function is when the whole workspace is built.
        let binary = Path::new(env!("CARGO_BIN_EXE_warden")).with_file_name("budget");
        assert!(binary.exists(), "build the function first: cargo build --package budget");
        let options = Options::default().function("BudgetFunction", binary).parameter("BudgetLimit", "1000");
        Self::deployed(tempfile::tempdir().unwrap(), options).await
    }

    /// Allows a CA that the person has made in `ca.pem`, and others, which nobody has made. Answers its id too.
    pub(crate) async fn allowing_a_ca(others: &[&str]) -> (Self, String) {
        let home = tempfile::tempdir().unwrap();
        let said = run(&home, &["ca", "create"], []).well();
        let id = id(&said).to_owned();
        let allowed = [&[id.as_str()], others].concat().join(",");
        let options = Options::default().parameter("AllowedCaCertificateIds", &allowed);
        (Self::deployed(home, options).await, id)
    }

    async fn deployed(home: TempDir, options: Options) -> Self {
        let workspace = local::workspace();
        let python = Python::ready(&workspace, &|_| {}).unwrap();
        let cloud = Cloud::start(&workspace, &python, &options).unwrap();
        let config = aws_config::defaults(aws_config::BehaviorVersion::latest())
            .endpoint_url(cloud.endpoint())
            .region(aws_config::Region::new(cloud.region().to_owned()))
            .credentials_provider(aws_sdk_iot::config::Credentials::new("test", "test", None, None, "test"))
            .load()
            .await;
        Self {
            iot: aws_sdk_iot::Client::new(&config),
            streams: aws_sdk_kinesisvideo::Client::new(&config),
            cloud,
            home,
        }
    }

    /// The thing type that the template has made.
    pub(crate) fn thing_type(&self) -> &str {
        self.cloud.output("CameraThingTypeName").unwrap()
    }

    /// A file of the person's.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs `warden` for the deployed stack. Whatever it is, it prints no key.
    pub(crate) fn warden(&self, arguments: &[&str]) -> Ended {
        self.warden_where(arguments, [])
    }

    /// As [`Self::warden`], with more in its environment.
    pub(crate) fn warden_where<const N: usize>(&self, arguments: &[&str], more: [(&str, &str); N]) -> Ended {
        let mut environment = vec![("WARDEN_STACK".to_owned(), self.stack().to_owned())];
        let cloud = self.cloud.environment().into_iter();
        environment.extend(cloud.map(|(name, value)| (name.to_string(), value)));
        // Ones that would be known wherever they are printed.
        let own = [("AWS_SECRET_ACCESS_KEY", "LOCALSECRET0123456789"), ("AWS_SESSION_TOKEN", "LOCALTOKEN0123456789")];
        environment.extend(own.map(|(name, value)| (name.to_owned(), value.to_owned())));
        environment.extend(more.map(|(name, value)| (name.to_owned(), value.to_owned())));
        run(&self.home, arguments, environment)
    }

    /// The name of the deployed stack.
    pub(crate) fn stack(&self) -> &str {
        self.thing_type().strip_suffix("-camera").unwrap()
    }

    /// Makes a CA in `ca.pem` and registers it. Answers its id.
    pub(crate) fn with_ca(&self) -> String {
        let said = self.warden(&["ca", "create"]).well();
        self.warden(&["ca", "register", "--ca", "ca.pem"]).well();
        id(&said).to_owned()
    }

    /// What `warden status --json` says, and how it ended.
    pub(crate) fn status(&self, names: &[&str]) -> (i32, Value) {
        let ended = self.warden(&[&["status", "--json"], names].concat());
        assert_eq!(ended.error, "");
        (ended.code, serde_json::from_str(&ended.out).unwrap())
    }
}

/// Runs `warden` with a directory and an environment of its own.
fn run(home: &TempDir, arguments: &[&str], environment: impl IntoIterator<Item = (String, String)>) -> Ended {
    let output = Command::new(env!("CARGO_BIN_EXE_warden"))
        .args(arguments)
        .current_dir(home.path())
        .env_clear()
        .env("HOME", home.path())
        .envs(environment)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let ended = Ended { code: output.status.code().unwrap(), out: text(output.stdout), error: text(output.stderr) };
    for said in [&ended.out, &ended.error] {
        let leaks: Vec<_> = local::leaks(said).iter().map(ToString::to_string).collect();
        assert!(leaks.is_empty(), "{arguments:?}: {}", leaks.join("; "));
        for secret in secrets(home.path()) {
            assert!(!said.contains(&secret), "{arguments:?} prints a key");
        }
    }
    ended
}

/// The id of the CA that `warden ca create` has made.
fn id(said: &str) -> &str {
    said.lines().find_map(|line| line.strip_prefix("id ")).unwrap().split_whitespace().next().unwrap()
}

/// The lines of every key in the directory and those in it, without the armour.
fn secrets(directory: &Path) -> Vec<String> {
    let mut secrets = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            secrets.extend(self::secrets(&path));
        } else if path.extension().is_some_and(|extension| extension == "key") {
            let key = fs::read_to_string(&path).unwrap();
            assert!(key.contains("PRIVATE KEY"), "{} is no key", path.display());
            secrets.extend(key.lines().filter(|line| !line.starts_with("---")).map(str::to_owned));
        }
    }
    secrets
}
