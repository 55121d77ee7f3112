"""`python -m tests.chromium`: finds Chromium, installs Debian's where that can be done."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Nothing reaches for the network: neither a page nor the browser itself.
FLAGS = [
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--no-proxy-server",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find() -> str | None:
    """The path of the browser; `CHROMIUM` names another one."""
    found = (shutil.which(name) for name in (os.environ.get("CHROMIUM", ""), *NAMES) if name)
    return next((path for path in found if path), None)


def main() -> None:
    """Make sure that there is one, or say what to install."""
    if find():
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium"]
        # Whatever stops them, what counts is whether the browser is there afterwards.
        for command in (["apt-get", "update", "-qq"], install):
            subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL)
    if not find():
        sys.exit(
            "The browser tests need Chromium. Install the package `chromium` of your system, "
            "or name the program in the variable CHROMIUM."
        )


if __name__ == "__main__":
    main()
