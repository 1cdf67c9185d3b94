//! The cage: what a program is kept in, so that nothing of it stays.
//!
//! ```text
//!   isolab ──fork──→ keeper ──fork──→ first of a new process namespace ──fork──→ the program
//!             dies with isolab          dies with the keeper; with it dies         reads all,
//!             repeats the program's     everything in its namespace: forks,        writes only to its
//!             end                       daemons, fork bombs                        own empty folder
//! ```
//!
//! 1. Each link of the chain dies with the one before (`PR_SET_PDEATHSIG`), so
//!    killing `isolab` with any signal leaves nothing; the kernel sees to it.
//! 2. The working folder is a file system in memory that only the namespace sees:
//!    it cannot be left behind.
//! 3. Everything else is read-only, and there is no network.
//! 4. Where namespaces are not allowed, what is left are resource limits, a session
//!    of its own and the signal at the parent's death; `isolab doctor` says so.
//!
//! Between `fork` and `exec` only system calls are made: no allocation, no lock.

#![allow(unsafe_code)] // System calls between fork and exec have no safe form in std.

use std::ffi::CString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// What the kernel lets us do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protections {
    /// Own process, mount, network and message namespaces.
    pub namespaces: bool,
    /// They need a user namespace, because we are not root.
    pub user_namespace: bool,
}

/// How a program is kept.
#[derive(Clone, Debug)]
pub struct Cage {
    /// What holds.
    pub protections: Protections,
    /// Where the private folder is mounted.
    folder: Option<CString>,
    /// Bytes of private writable memory: a limit of the kernel's own.
    data: u64,
}

/// Empty folders that may be covered by a private one.
const FOLDERS: [&str; 4] = ["/mnt", "/media", "/srv", "/opt"];

impl Cage {
    /// The best cage that this machine allows; `wanted` false asks for resource limits only.
    pub fn new(wanted: bool, data: u64, keep_visible: &[String]) -> Cage {
        let bare = Protections {
            namespaces: false,
            user_namespace: false,
        };
        let covers = |folder: &str| {
            std::path::Path::new(folder).is_dir()
                && !keep_visible.iter().any(|path| path.starts_with(folder))
        };
        let folder = FOLDERS
            .into_iter()
            .find(|f| covers(f))
            .and_then(|f| CString::new(f).ok());
        let plain = Cage {
            protections: bare,
            folder,
            data,
        };
        if !wanted {
            return plain;
        }
        for user_namespace in [false, true] {
            let protections = Protections {
                namespaces: true,
                user_namespace,
            };
            let cage = Cage {
                protections,
                ..plain.clone()
            };
            if cage.works() {
                return cage;
            }
        }
        plain
    }

    /// Tries it once, on a program that does nothing.
    fn works(&self) -> bool {
        let Ok(own) = std::env::current_exe() else {
            return false;
        };
        let mut command = Command::new(own);
        command
            .arg("--version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        self.enter(&mut command);
        command.status().is_ok_and(|status| status.success())
    }

    /// Makes `command` start inside.
    pub fn enter(&self, command: &mut Command) {
        let cage = self.clone();
        let parent = std::process::id();
        // SAFETY: the closure makes system calls only; see the head of this file.
        unsafe {
            command.pre_exec(move || cage.close(parent));
        }
    }

    /// In words, for reports.
    pub fn words(&self) -> Vec<&'static str> {
        let mut words = vec![
            "time, output, memory and process limits",
            "ends with isolab",
        ];
        if self.protections.namespaces {
            words.extend([
                "own process namespace: nothing stays behind",
                "no network",
                "read-only files",
            ]);
            if self.folder.is_some() {
                words.push("empty private working folder");
            }
        }
        words
    }
}

#[cfg(not(target_os = "linux"))]
impl Cage {
    fn close(&self, _parent: u32) -> io::Result<()> {
        if self.protections.namespaces {
            return Err(io::Error::from(io::ErrorKind::Unsupported));
        }
        // SAFETY: setsid has no preconditions.
        unsafe { libc::setsid() };
        Ok(())
    }
}

#[cfg(target_os = "linux")]
impl Cage {
    fn close(&self, parent: u32) -> io::Result<()> {
        // SAFETY: plain system calls in a process of one thread, after fork and before exec.
        unsafe {
            libc::setsid();
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
            if libc::getppid() as u32 != parent {
                libc::_exit(1);
            }
            limit(libc::RLIMIT_CORE, 0);
            limit(libc::RLIMIT_FSIZE, 256 << 20);
            if self.data > 0 {
                limit(libc::RLIMIT_DATA, self.data);
            }
            if self.protections.namespaces {
                self.unshare()?;
                keep_first_and_program()?;
                self.cover()?;
            }
            libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        }
        Ok(())
    }

    unsafe fn unshare(&self) -> io::Result<()> {
        let (uid, gid) = unsafe { (libc::geteuid(), libc::getegid()) };
        let mut flags =
            libc::CLONE_NEWPID | libc::CLONE_NEWNS | libc::CLONE_NEWNET | libc::CLONE_NEWIPC;
        if self.protections.user_namespace {
            flags |= libc::CLONE_NEWUSER;
        }
        check(unsafe { libc::unshare(flags) })?;
        if self.protections.user_namespace {
            let mut map = [0_u8; 48];
            write_file(c"/proc/self/setgroups", b"deny")?;
            let n = same_id(uid, &mut map);
            write_file(c"/proc/self/uid_map", &map[..n])?;
            let n = same_id(gid, &mut map);
            write_file(c"/proc/self/gid_map", &map[..n])?;
        }
        Ok(())
    }

    /// Read-only everything, then a small file system in memory to work in.
    unsafe fn cover(&self) -> io::Result<()> {
        let none = std::ptr::null();
        unsafe {
            let private = libc::MS_REC | libc::MS_PRIVATE;
            check(libc::mount(none, c"/".as_ptr(), none, private, none.cast()))?;
            let mut attributes = [0_u64; 4];
            attributes[0] = 1; // MOUNT_ATTR_RDONLY
            let done = libc::syscall(
                libc::SYS_mount_setattr,
                libc::AT_FDCWD,
                c"/".as_ptr(),
                libc::AT_RECURSIVE,
                attributes.as_ptr(),
                size_of_val(&attributes),
            );
            if done < 0 {
                return Err(io::Error::last_os_error());
            }
            if let Some(folder) = &self.folder {
                let flags = libc::MS_NOSUID | libc::MS_NODEV;
                let options = c"size=64m,mode=0777";
                check(libc::mount(
                    c"isolab".as_ptr(),
                    folder.as_ptr(),
                    c"tmpfs".as_ptr(),
                    flags,
                    options.as_ptr().cast(),
                ))?;
                check(libc::chdir(folder.as_ptr()))?;
            }
        }
        Ok(())
    }
}

/// Forks twice: returns in the program's process only. The keeper and the first
/// process of the namespace wait, and repeat how the program ended.
#[cfg(target_os = "linux")]
unsafe fn keep_first_and_program() -> io::Result<()> {
    unsafe {
        let mut pipe = [0_i32; 2];
        check(libc::pipe2(pipe.as_mut_ptr(), libc::O_CLOEXEC))?;
        let first = check(libc::fork())?;
        if first != 0 {
            keeper(first, pipe[0]);
        }
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
        let program = check(libc::fork())?;
        if program != 0 {
            first_process(program, pipe[1]);
        }
        // A session of its own: a signal to its group does not reach its keepers.
        libc::setsid();
        Ok(())
    }
}

/// Waits for the namespace to end and ends the way the program did.
#[cfg(target_os = "linux")]
unsafe fn keeper(first: i32, pipe: i32) -> ! {
    unsafe {
        only_keep(pipe);
        let mut status = 0_i32;
        let got = loop {
            let n = libc::read(3, (&raw mut status).cast(), 4);
            if n >= 0 || *libc::__errno_location() != libc::EINTR {
                break n;
            }
        };
        let mut own = 0;
        while libc::waitpid(first, &raw mut own, 0) < 0 && *libc::__errno_location() == libc::EINTR
        {
        }
        if got != 4 {
            status = libc::SIGKILL;
        }
        if libc::WIFEXITED(status) {
            libc::_exit(libc::WEXITSTATUS(status));
        }
        let signal = libc::WTERMSIG(status);
        libc::signal(signal, libc::SIG_DFL);
        libc::kill(libc::getpid(), signal);
        libc::_exit(128 + signal);
    }
}

/// Process 1 of the namespace: takes in orphans, and when the program ends, ends all.
#[cfg(target_os = "linux")]
unsafe fn first_process(program: i32, pipe: i32) -> ! {
    unsafe {
        only_keep(pipe);
        loop {
            let mut status = 0_i32;
            let ended = libc::waitpid(-1, &raw mut status, 0);
            if ended == program {
                libc::write(3, (&raw const status).cast(), 4);
                libc::_exit(0);
            }
            if ended < 0 && *libc::__errno_location() != libc::EINTR {
                libc::_exit(0);
            }
        }
    }
}

/// Closes everything but one end of a pipe, which becomes 3: pipes end when the program ends.
#[cfg(target_os = "linux")]
unsafe fn only_keep(pipe: i32) {
    unsafe {
        if pipe != 3 {
            libc::dup2(pipe, 3);
        }
        for fd in 0..3 {
            libc::close(fd);
        }
        libc::syscall(libc::SYS_close_range, 4, u32::MAX, 0);
    }
}

#[cfg(target_os = "linux")]
fn check(result: i32) -> io::Result<i32> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

#[cfg(target_os = "linux")]
unsafe fn limit(resource: libc::__rlimit_resource_t, most: u64) {
    let both = libc::rlimit {
        rlim_cur: most,
        rlim_max: most,
    };
    unsafe {
        libc::setrlimit(resource, &raw const both);
    }
}

#[cfg(target_os = "linux")]
fn write_file(path: &std::ffi::CStr, bytes: &[u8]) -> io::Result<()> {
    // SAFETY: a path that ends with NUL, a buffer with its length.
    unsafe {
        let fd = check(libc::open(path.as_ptr(), libc::O_WRONLY | libc::O_CLOEXEC))?;
        let written = libc::write(fd, bytes.as_ptr().cast(), bytes.len());
        libc::close(fd);
        if written < 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

/// `1000 1000 1`, without an allocation.
#[cfg(target_os = "linux")]
fn same_id(id: u32, into: &mut [u8; 48]) -> usize {
    use std::io::Write;
    let mut rest = &mut into[..];
    let _ = write!(rest, "{id} {id} 1");
    48 - rest.len()
}
