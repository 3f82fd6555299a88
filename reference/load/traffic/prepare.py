"""Makes the cases of the Autobahn Testsuite, which are written for Python 2, loadable by Python 3.

    prepare.py SITE_PACKAGES TO
"""

import shutil
import subprocess
import sys
from pathlib import Path

site_packages, to = map(Path, sys.argv[1:])
shutil.rmtree(to, ignore_errors=True)
for folder in ("case", "testdata"):
    shutil.copytree(site_packages / "autobahntestsuite" / folder, to / folder)
convert = [sys.executable, "-m", "fissix", "--write", "--nobackups", "--no-diffs", str(to / "case")]
subprocess.run(convert, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

NEW = {
    # A class that has `object` before another base cannot be made any more.
    "(object, Case,": "(Case,",
    # A whole number, as it was.
    "len(self.payload) / self.p": "len(self.payload) // self.p",
    # What Autobahn calls these now.
    "requestNoContextTakeover": "request_no_context_takeover",
    "requestMaxWindowBits": "request_max_window_bits",
    "acceptNoContextTakeover": "accept_no_context_takeover",
    "acceptMaxWindowBits": "accept_max_window_bits",
}
for file in (to / "case").glob("*.py"):
    # A character of a text in here stands for one octet, as it did.
    text = file.read_bytes().decode("latin-1")
    for old, new in NEW.items():
        text = text.replace(old, new)
    file.write_text(text)
