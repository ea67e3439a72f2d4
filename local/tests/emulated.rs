//! The parts of the local cloud that no function of ours tries out: records, rules, schedules, what an audit reads.

use std::process::Command;

use local::{PROXIES, Python, workspace};

#[test]
fn the_emulated_services_answer_as_aws_does() {
    let workspace = workspace();
    let python = Python::ready(&workspace, &|_| {}).unwrap();
    let mut command = Command::new(python.tool("python"));
    command.args(["-m", "unittest", "discover", "-s", "local/tests/emulated"]).current_dir(&workspace);
    for proxy in PROXIES {
        command.env_remove(proxy);
    }
    // Bytecode beside the tests would be one more thing to ignore.
    let output = command.env("PYTHONDONTWRITEBYTECODE", "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
