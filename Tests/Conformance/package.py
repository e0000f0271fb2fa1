"""What `make package` makes: unpacked elsewhere, under AWS's own Runtime Interface Emulator, as Lambda would start it."""

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from checks import expect
from rie import SETTINGS, emulated


def unpack(package, folder):
    """Unpacks as unzip(1) does: with the permissions that are in there."""
    with zipfile.ZipFile(package) as content:
        for entry in content.infolist():
            path = Path(content.extract(entry, folder))
            path.chmod(entry.external_attr >> 16)


def foreign_libraries(folder, name):
    """The libraries that the program would take from the system; none, if it has them all inside."""
    if not (folder / "lib").exists():
        headers = subprocess.run(
            ["readelf", "--program-headers", folder / "bootstrap"], check=True, capture_output=True, text=True).stdout
        return [line.strip() for line in headers.splitlines() if "interpreter" in line]
    loader = next((folder / "lib").glob("ld-*"))
    listed = subprocess.run(
        [loader, "--library-path", folder / "lib", "--list", folder / name], check=True, capture_output=True, text=True)
    paths = [line.split("=>")[-1].split()[0] for line in listed.stdout.splitlines()]
    return [path for path in paths if path.startswith("/") and not path.startswith(str(folder))] + [
        line for line in listed.stdout.splitlines() if "not found" in line]


def run(checks, rie, root, events):
    if not sys.platform.startswith("linux"):
        checks.skip("packages for Lambda", "they are made on Linux")
        return

    with checks.check("package: both functions are packed, twice with the same bytes"):
        packages = [root / "dist" / f"{name}.zip" for name in ("backend", "brain")]
        made = []
        for _ in range(2):
            subprocess.run([root / "Scripts" / "package"], check=True, cwd=root, stdout=subprocess.DEVNULL)
            made.append([package.read_bytes() for package in packages])
        expect(made[0] == made[1], "they differ")

    for name, event, answers in (
            ("backend", "backend/openapi.json", lambda answer: answer.get("statusCode") == 200),
            ("brain", "brain/empty-batch.json", lambda answer: answer == {"batchItemFailures": []})):
        with tempfile.TemporaryDirectory(prefix="package-") as folder:
            folder = Path(folder)
            with checks.check(f"package: {name} brings every library that it loads"):
                unpack(root / "dist" / f"{name}.zip", folder)
                foreign = foreign_libraries(folder, name)
                expect(foreign == [], foreign)

            with checks.check(f"package: {name} starts from its bootstrap and answers"):
                settings = SETTINGS | {"LAMBDA_TASK_ROOT": str(folder)}
                with emulated(rie, folder / "bootstrap", settings) as invoke:
                    answer = invoke((events / event).read_bytes())
                    expect(answers(answer), json.dumps(answer)[:300])
