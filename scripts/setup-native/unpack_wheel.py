"""unpack_wheel.py WHEEL LIBRARIES HEADERS: takes libtensorflow and the headers of its C API out of a wheel."""

import os
import shutil
import sys
import zipfile

LIBRARIES = ("tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2")
INCLUDE = "tensorflow/include/"
# What the addon's sources include, directly or not.
HEADERS = tuple(
    INCLUDE + name for name in ("tensorflow/c/", "tensorflow/core/platform/ctstring", "tsl/platform/ctstring", "xla/tsl/c/")
)


def extract(archive, member, path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    # Reading a member to its end checks its CRC.
    with archive.open(member) as source, open(path, "wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)


def main(wheel, libraries, headers):
    with zipfile.ZipFile(wheel) as archive:
        members = set(archive.namelist())
        for member in LIBRARIES:
            if member not in members:
                sys.exit(f"ERROR: expected {member} in {os.path.basename(wheel)}, found none")
            extract(archive, member, os.path.join(libraries, os.path.basename(member)))
        for member in members:
            if member.startswith(HEADERS) and member.endswith(".h"):
                extract(archive, member, os.path.join(headers, *member[len(INCLUDE) :].split("/")))


main(*sys.argv[1:])
