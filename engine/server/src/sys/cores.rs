//! How many cores this process may use: the affinity mask, cut by the quota of its control group.

use std::fs;
use std::path::Path;

/// Cores to use, at least one.
pub fn granted() -> usize {
    let allowed = std::thread::available_parallelism().map_or(1, usize::from);
    allowed.min(quota(Path::new("/sys/fs/cgroup")).unwrap_or(usize::MAX)).max(1)
}

/// The quota in whole cores, rounded up, from either version of control groups.
fn quota(root: &Path) -> Option<usize> {
    let read = |name: &str| fs::read_to_string(root.join(name)).ok();
    let (quota, period) = match read("cpu.max") {
        Some(line) => {
            let (quota, period) = line.trim().split_once(' ')?;
            (quota.parse::<i64>().ok()?, period.parse::<i64>().ok()?)
        }
        None => (
            read("cpu/cpu.cfs_quota_us")?.trim().parse().ok()?,
            read("cpu/cpu.cfs_period_us")?.trim().parse().ok()?,
        ),
    };
    (quota > 0 && period > 0).then(|| (quota as usize).div_ceil(period as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_the_quota_up() {
        let dir = std::env::temp_dir().join(format!("ironkeep-cores-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        for (text, cores) in
            [("max 100000\n", None), ("150000 100000\n", Some(2)), ("50000 100000\n", Some(1)), ("x", None)]
        {
            fs::write(dir.join("cpu.max"), text).unwrap();
            assert_eq!(quota(&dir), cores, "{text}");
        }
        fs::remove_dir_all(&dir).unwrap();
        assert!(granted() >= 1);
    }
}
