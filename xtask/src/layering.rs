//! Dependencies point down only.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::build;

/// Checks every member of the workspace, by what Cargo itself says of it.
///
/// - pure crates (`fleet`, `policy`) depend on nothing of ours and pull in neither `tokio` nor an `aws-*` crate;
/// - functions depend on `shared/*` only; nobody depends on a function but the operator's tool, what measures, and what
///   tries their readers;
/// - `xtask` and `local` pull in no AWS SDK.
pub(crate) fn check(workspace: &Path) -> Result<()> {
    let output = build::cargo(workspace)
        .args(["metadata", "--format-version", "1", "--locked"])
        .output()
        .context("cannot start `cargo metadata`")?;
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cannot read what `cargo metadata` says")?;
    let faults = faults(&metadata)?;
    if faults.is_empty() { Ok(()) } else { bail!("dependencies point down only: {}", faults.join("; ")) }
}

fn faults(metadata: &Value) -> Result<Vec<String>> {
    let packages = list(metadata, "/packages")?;
    let nodes = list(metadata, "/resolve/nodes")?;
    let members: BTreeSet<&str> = list(metadata, "/workspace_members")?.iter().filter_map(Value::as_str).collect();
    let field = |id: &str, field: &str| {
        let package = packages.iter().find(|package| text(package, "id") == id);
        package.map(|package| text(package, field)).unwrap_or_default()
    };
    let name = |id: &str| field(id, "name");
    let room = |id: &str| field(id, "manifest_path").rsplit('/').nth(2).unwrap_or_default();
    // What a package needs to run: its own development dependencies do not count.
    let runs = |dep: &&Value| {
        let kinds = list(dep, "/dep_kinds").unwrap_or_default();
        kinds.iter().any(|kind| kind.get("kind").is_some_and(Value::is_null))
    };
    let direct = |id: &str| -> Vec<&str> {
        let node = nodes.iter().find(|node| text(node, "id") == id);
        let deps = node.and_then(|node| list(node, "/deps").ok()).unwrap_or_default();
        deps.iter().filter(runs).map(|dep| text(dep, "pkg")).collect()
    };
    let mut faults = Vec::new();
    for member in &members {
        let mut all = BTreeSet::new();
        let mut open = direct(member);
        while let Some(next) = open.pop() {
            if all.insert(next) {
                open.extend(direct(next));
            }
        }
        let own = name(member);
        let pure = matches!(own, "fleet" | "policy");
        for dependency in &all {
            let theirs = name(dependency);
            let aws = theirs.starts_with("aws-");
            let ours = members.contains(dependency);
            if pure && (ours || aws || theirs == "tokio") {
                faults.push(format!("`{own}` is pure and pulls in `{theirs}`"));
            }
            if matches!(own, "xtask" | "local") && theirs.starts_with("aws-sdk-") {
                faults.push(format!("`{own}` is to be built in seconds and pulls in `{theirs}`"));
            }
            if ours && room(member) == "functions" && room(dependency) != "shared" {
                faults.push(format!("function `{own}` depends on `{theirs}`, which is not in shared/"));
            }
            if ours && room(dependency) == "functions" && !matches!(own, "warden" | "benches" | "fuzz") {
                faults.push(format!("`{own}` depends on function `{theirs}`"));
            }
        }
    }
    Ok(faults)
}

fn list<'a>(value: &'a Value, pointer: &str) -> Result<&'a [Value]> {
    let list = value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice);
    list.with_context(|| format!("`cargo metadata` says nothing of `{pointer}`"))
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn workspace(edges: &[(&str, &str, Option<&str>)]) -> Value {
        let places = [
            ("fleet", "/w/shared/fleet"),
            ("lambda", "/w/shared/lambda"),
            ("provision", "/w/functions/provision"),
            ("audit", "/w/functions/audit"),
            ("warden", "/w/cli"),
            ("fuzz", "/w/fuzz"),
            ("xtask", "/w/xtask"),
            ("benches", "/w/benches"),
            ("tokio", "/r/tokio"),
            ("aws-sdk-iot", "/r/aws-sdk-iot"),
        ];
        let packages: Vec<_> = places
            .iter()
            .map(|(n, p)| json!({ "id": n, "name": n, "manifest_path": format!("{p}/Cargo.toml") }))
            .collect();
        let nodes: Vec<_> = places
            .iter()
            .map(|(n, _)| {
                let of = edges.iter().filter(|(from, ..)| from == n);
                let deps: Vec<_> =
                    of.map(|(_, to, kind)| json!({ "pkg": to, "dep_kinds": [{ "kind": kind }] })).collect();
                json!({ "id": n, "deps": deps })
            })
            .collect();
        let members = ["fleet", "lambda", "provision", "audit", "warden", "fuzz", "xtask", "benches"];
        json!({ "packages": packages, "resolve": { "nodes": nodes }, "workspace_members": members })
    }

    #[test]
    fn what_points_down_passes_and_development_dependencies_do_not_count() {
        let edges = [
            ("provision", "lambda", None),
            ("provision", "fleet", None),
            ("lambda", "tokio", None),
            ("warden", "provision", None),
            ("fuzz", "provision", None),
            ("benches", "audit", None),
            ("fleet", "tokio", Some("dev")),
        ];
        assert_eq!(faults(&workspace(&edges)).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn every_edge_that_points_up_is_named() {
        for (edges, says) in [
            (vec![("fleet", "tokio", None)], "`fleet` is pure and pulls in `tokio`"),
            (vec![("fleet", "lambda", None)], "`fleet` is pure and pulls in `lambda`"),
            (vec![("audit", "provision", None)], "function `audit` depends on `provision`"),
            (vec![("lambda", "provision", None)], "`lambda` depends on function `provision`"),
            (vec![("xtask", "provision", None)], "`xtask` depends on function `provision`"),
            (vec![("xtask", "lambda", None), ("lambda", "aws-sdk-iot", None)], "`xtask` is to be built in seconds"),
        ] {
            let found = faults(&workspace(&edges)).unwrap();
            assert!(found.iter().any(|fault| fault.contains(says)), "{found:?}");
        }
    }
}
