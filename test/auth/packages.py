"""Builds what the tests' registries serve: `python packages.py FOLDER` makes pypi/, npm/ and go/ below it."""
import base64, hashlib, io, json, pathlib, sys, tarfile, zipfile

root = pathlib.Path(sys.argv[1])


def wheel(name, version):
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    path = root / "pypi" / f"{module}-{version}-py3-none-any.whl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{module}.py", f"version = '{version}'\n")
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", f"{module}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")


def npm_package(name, version):
    manifest = json.dumps({"name": name, "version": version, "main": "index.js"}).encode()
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as file:
        for path, text in {"package/package.json": manifest, "package/index.js": b"module.exports = 1\n"}.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(text)
            file.addfile(entry, io.BytesIO(text))
    tarball = data.getvalue()
    sha512 = base64.b64encode(hashlib.sha512(tarball).digest()).decode()
    file_name = f"{name.split('/')[-1]}-{version}.tgz"
    dist = {"integrity": f"sha512-{sha512}", "shasum": hashlib.sha1(tarball).hexdigest(), "tarball": f"http://localhost/{name}/-/{file_name}"}
    document = {
        "_id": name,
        "name": name,
        "dist-tags": {"latest": version},
        "versions": {version: {"name": name, "version": version, "main": "index.js", "dist": dist}},
        "_attachments": {file_name: {"content_type": "application/octet-stream", "data": base64.b64encode(tarball).decode(), "length": len(tarball)}},
    }
    path = root / "npm" / f"{name.split('/')[-1]}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))


def go_module(name, version):
    folder = root / "go" / name / "@v"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "list").write_text(f"{version}\n")
    (folder / f"{version}.info").write_text(json.dumps({"Version": version, "Time": "2026-01-01T00:00:00Z"}))
    (folder / f"{version}.mod").write_text(f"module {name}\n")
    with zipfile.ZipFile(folder / f"{version}.zip", "w") as file:
        file.writestr(f"{name}@{version}/go.mod", f"module {name}\n")
        file.writestr(f"{name}@{version}/code.go", "package code\n")


for name in ["acme-core", "acme-extra"]:
    wheel(name, "1.0")
    npm_package(f"@acme/{name.removeprefix('acme-')}", "1.0.0")
    go_module(f"code.test/{name}", "v1.0.0")
