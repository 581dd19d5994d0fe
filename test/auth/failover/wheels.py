"""Makes wheels: reads lines of JSON ({"folder", "name", "version", "needs"}) and writes a pure wheel for each."""
import json
import sys
import zipfile
from pathlib import Path

for line in sys.stdin:
    wanted = json.loads(line)
    name, version = wanted["name"], wanted["version"]
    stem = name.replace("-", "_")
    info = f"{stem}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {it}\n" for it in wanted["needs"])
    files = {
        f"{stem}.py": f"version = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = f"{info}/RECORD"
    files[record] = "".join(f"{it},,\n" for it in [*files, record])
    folder = Path(wanted["folder"])
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / f"{stem}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), text)
