"""Has one call of a program fail, or be met by a signal: what faults there are, and what makes them.

strace(1) sees every call; fault_shim.so does what a tracer cannot: calls that move less than they were asked to, and calls
that are done and whose reply is lost.  Where nobody may trace, all faults are the shim's.
"""
import errno
import os
import re
import signal
import subprocess

HOME, ME = os.environ["HOME"], os.environ["ME"]
STEP = int(os.environ["FAULTS_STEP"])
ONLY_CALL, ONLY_FAULT = os.environ.get("FAULTS_CALL", ""), os.environ.get("FAULTS_ERROR", "")
TRACE = f"{HOME}/trace"

# What may go wrong with a call.  Others cannot fail, or not once they have begun to wait for a child; close() is not
# here because what fails here is not done, and a close that fails has closed all the same.
ERRORS = {
    "openat": ["EMFILE", "EIO", "ENOSPC", "EINTR"], "read": ["EIO", "EINTR"], "pread64": ["EIO", "EINTR"],
    "write": ["ENOSPC", "EDQUOT", "EIO", "EINTR"], "writev": ["ENOSPC", "EDQUOT", "EIO", "EINTR"],
    "pwrite64": ["ENOSPC", "EDQUOT", "EIO", "EINTR"], "fsync": ["EIO", "ENOSPC", "EDQUOT", "EINTR"],
    "fdatasync": ["EIO", "ENOSPC", "EDQUOT", "EINTR"], "linkat": ["ENOSPC", "EDQUOT", "EIO"],
    "link": ["ENOSPC", "EDQUOT", "EIO"], "rename": ["EIO", "ENOSPC"], "renameat": ["EIO", "ENOSPC"],
    "mkdirat": ["ENOSPC", "EDQUOT", "EIO"], "mkdir": ["ENOSPC", "EDQUOT", "EIO"], "unlinkat": ["EIO"],
    "unlink": ["EIO"], "ftruncate": ["EIO", "EINTR"], "fallocate": ["ENOSPC", "EDQUOT", "EINTR"],
    "flock": ["ENOLCK", "EINTR"], "fcntl": ["ENOLCK", "EINTR"], "newfstatat": ["EIO", "ENOMEM"], "fstat": ["EIO"],
    "lseek": ["EIO"], "utimensat": ["EIO"], "ppoll": ["EINTR"], "poll": ["EINTR"],
    "sendto": ["ENOBUFS", "EINTR", "EPIPE"], "sendmsg": ["ENOBUFS", "EINTR"], "recvfrom": ["EINTR"], "recvmsg": ["EINTR"],
    "wait4": ["EINTR"], "fchmod": ["EIO"], "socket": ["EMFILE"], "connect": ["ECONNREFUSED", "ETIMEDOUT"],
    "clone": ["EAGAIN"], "clone3": ["EAGAIN"], "vfork": ["EAGAIN"], "pipe2": ["EMFILE"], "socketpair": ["EMFILE"],
    "mmap": ["ENOMEM"], "brk": [], "statfs": ["EIO"], "getdents64": ["EIO"],
}
SIGNALS = ["KILL", "TERM", "SEGV", "XFSZ"]
# Half of it, by one call or by two; then the disk is full.
SHORT = {"read": ["short"], "pread64": ["short"], "write": ["short", "short ENOSPC"], "writev": ["short", "short ENOSPC"],
         "pwrite64": ["short", "short ENOSPC"], "sendfile": ["short", "short ENOSPC"],
         "copy_file_range": ["short", "short ENOSPC"]}
LOST = dict.fromkeys(("linkat", "rename", "renameat", "unlink", "unlinkat", "mkdir", "mkdirat", "fsync", "fdatasync",
                      "ftruncate"), ["lost EIO"]) | {"close": ["lost EIO", "lost ENOSPC"]}


class Strace:
    """Has every call of the kernel's fail before it is done, or be met by a signal."""

    log_line = re.compile(r"([a-z_0-9]+)\((\w*)")
    hit = re.compile(r"INJECTED|--- SIG(TERM|SEGV|XFSZ)|killed by SIGKILL")

    def tracer(self, name="", number=0, fault=""):
        what = f"signal={fault}" if fault in SIGNALS else f"error={fault}"
        return ["strace", "-o", TRACE] + (["-e", f"trace={name}", "-e", f"inject={name}:{what}:when={number}"] if name else [])

    def faults(self, name):
        return ERRORS.get(name, []) + SIGNALS


class Shim:
    """The same for the calls of libc's that the program makes; and those that are done in part, or in vain."""

    log_line = re.compile(r"([a-z_0-9]+) (-?\d+)$")
    hit = re.compile(r"^\w+ hit$", re.M)

    def __init__(self, alone):
        self.alone = alone

    def tracer(self, name="", number=0, fault=""):
        with open(TRACE, "w", encoding="ascii"):
            os.chmod(TRACE, 0o666)
        command = ["env", f"LD_PRELOAD={os.environ['FAULT_SHIM']}", f"FAULT_LOG={TRACE}"]
        if not name:
            return command
        manner, _, error = fault.partition(" ") if " " in fault else (fault, "", "")
        if fault in SIGNALS:
            what = f"signal={int(getattr(signal, 'SIG' + fault))}"
        elif manner in ("short", "lost"):
            what = f"{manner}={getattr(errno, error) if error else 0}"
        else:
            what = f"error={getattr(errno, fault)}"
        return command + [f"FAULT={name} {number} {what}"]

    def faults(self, name):
        own = SHORT.get(name, []) + LOST.get(name, [])
        return own + (ERRORS.get(name, []) + SIGNALS if self.alone else [])


def tools():
    """What faults are made with here."""
    if os.environ.get("FAULTS_UNTRACED"):
        print("strace is not wanted: all faults are those of a preloaded library")
        return [Shim(alone=True)]
    try:
        subprocess.run(["setpriv", "--reuid", ME, "--regid", ME, "--clear-groups", "strace", "-o", "/dev/null", "true"],
                       check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        print("strace may not trace here: all faults are those of a preloaded library")
        return [Shim(alone=True)]
    return [Strace(), Shim(alone=False)]


def calls_in_trace(tool, begins):
    """The calls from the first on of which begins(line, name, first argument) is true, each as (name, how many of that
    name came before it)."""
    counts, found, begun = {}, [], False
    with open(TRACE, encoding="utf-8", errors="replace") as file:
        for line in file:
            match = tool.log_line.match(line)
            if not match:
                continue
            name, first = match.groups()
            if name == "start":  # a program that has become another
                counts, begun = {}, False
                continue
            counts[name] = counts.get(name, 0) + 1
            begun = begun or begins(line, name, first)
            if begun and name != "exit_group":
                found.append((name, counts[name]))
    return found


def fired(tool):
    """Did the fault that was asked for come about?"""
    with open(TRACE, encoding="utf-8", errors="replace") as file:
        return bool(tool.hit.search(file.read()))


def as_user(*command):
    """The command, as the test's user and in that one's environment."""
    return ["setpriv", "--reuid", ME, "--regid", ME, "--clear-groups", "env", "-i", "PATH=" + os.environ["PATH"],
            "HOME=" + HOME, "USER=" + ME, "LOGNAME=" + ME, "ASAN_OPTIONS=detect_leaks=0", *command]


def wanted(jobs, offset):
    """Of the jobs, each (call, fault): every FAULTS_STEP-th from `offset` on, of those that FAULTS_CALL and FAULTS_ERROR let."""
    jobs = [(step, fault) for step, fault in jobs if ONLY_CALL in ("", step[0]) and ONLY_FAULT in ("", fault)]
    return jobs[offset % STEP::STEP]
