//! What processes took, by Linux's own count.

use std::collections::BTreeMap;
use std::fs;

/// Linux counts a process's time in hundredths of a second, whatever the machine's clock does.
///
/// <https://man7.org/linux/man-pages/man7/time.7.html>
const MILLISECONDS_OF_A_TICK: u64 = 10;

/// What a process took since it was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Took {
    /// Milliseconds of processor time, its own and the kernel's for it.
    pub(super) processor: u64,
    /// The most memory that it ever had at once, in bytes.
    pub(super) memory: u64,
    /// The memory that it has now, in bytes.
    pub(super) memory_now: u64,
}

/// The processes that were started with this environment variable, as `NAME=value`, by their ids.
///
/// Other local clouds may run the same binary at the same time, so its path does not tell whose a process is.
pub(super) fn with(variable: &str) -> BTreeMap<u32, Took> {
    let folders = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = folders.filter_map(|folder| folder.file_name().to_str()?.parse::<u32>().ok());
    let ours = ids.filter(|id| {
        let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|entry| entry == variable.as_bytes())
    });
    // One that ends while it is read took nothing that could be told.
    ours.filter_map(|id| Some((id, took(id)?))).collect()
}

/// The environment that a process was started with; empty when it may not be read, or is no text.
pub(super) fn environment(id: u32) -> BTreeMap<String, String> {
    let text = fs::read_to_string(format!("/proc/{id}/environ")).unwrap_or_default();
    let entries = text.split('\0').filter_map(|entry| entry.split_once('='));
    entries.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// What one process took; None when it has ended.
pub(super) fn took(id: u32) -> Option<Took> {
    let read = |name| fs::read_to_string(format!("/proc/{id}/{name}")).ok();
    let status = read("status")?;
    let (memory, memory_now) = (memory(&status, "VmHWM:")?, memory(&status, "VmRSS:")?);
    Some(Took { processor: processor(&read("stat")?)?, memory, memory_now })
}

/// `utime` and `stime`, the 14th and 15th field. The second is the name in parentheses, which may hold anything.
///
/// <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>
fn processor(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    user.checked_add(system)?.checked_mul(MILLISECONDS_OF_A_TICK)
}

/// `VmHWM` or `VmRSS`, which are told in KiB.
///
/// <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>
fn memory(status: &str, name: &str) -> Option<u64> {
    let told = status.lines().find_map(|line| line.strip_prefix(name))?;
    told.trim().strip_suffix(" kB")?.parse::<u64>().ok()?.checked_mul(1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_found_behind_a_name_with_parentheses_and_spaces() {
        let stat = "26041 (au) (dit) S 26035 26041 26041 0 -1 4194560 70 0 0 0 2500 67 0 0 20 0 4 0 123 1 2 3";
        assert_eq!(processor(stat), Some(25_670));
        assert_eq!(processor("26041 (audit) S 1"), None);
    }

    #[test]
    fn memory_is_told_in_bytes() {
        let status = "VmPeak:\t  320696 kB\nVmHWM:\t  149292 kB\nVmRSS:\t 1 kB\n";
        assert_eq!((memory(status, "VmHWM:"), memory(status, "VmRSS:")), (Some(152_875_008), Some(1_024)));
        assert_eq!(memory("Name:\taudit\n", "VmHWM:"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_finds_itself() {
        let path = format!("PATH={}", std::env::var_os("PATH").unwrap().display());
        assert!(with(&path)[&std::process::id()].memory > 0);
        assert!(!with("PATH=/no/such/folder").contains_key(&std::process::id()));
        assert!(path.ends_with(&environment(std::process::id())["PATH"]));
    }
}
