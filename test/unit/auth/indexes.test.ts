/** The readers of tools' configuration: files and variables in, indexes out. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { holdsPassword, splitAddress } from "../../../server/auth/indexes/address.ts";
import { indexesOf, readConfiguration } from "../../../server/auth/indexes/configured.ts";
import type { Machine } from "../../../server/auth/indexes/machine.ts";
import type { PackageIndex } from "../../../server/auth/package-index.ts";
import type { Tool } from "../../../server/protocol/auth.ts";

interface Case {
  files?: Record<string, string>;
  env?: Record<string, string>;
  platform?: NodeJS.Platform;
  folder?: string;
  subcommand?: string;
  ignoresProject?: boolean;
  /** `name url marks`, where marks are `default`, `explicit`, `own` (a credential of the person's), `of @scope`. */
  finds: string[];
}

const shown = ({ name, url, isDefault, explicit, credential, scope }: PackageIndex) =>
  [name, url, isDefault && "default", explicit && "explicit", credential && "own", scope && `of ${scope}`].filter(Boolean).join(" ");

function machine({ files = {}, env = {}, platform = "linux" }: Case): Machine {
  return { env, home: "/home/me", platform, read: async (path) => files[path], nodeFolder: () => "/usr" };
}

function cases(tool: Tool, all: Record<string, Case>) {
  describe(tool, () => {
    for (const [name, it] of Object.entries(all))
      test(name, async () => {
        const { folder = "/proj/agent", subcommand, ignoresProject = false } = it;
        const options = { folder, machine: machine(it), tools: [tool], ignoresProject, ...(subcommand && { subcommand }) };
        assert.deepEqual(indexesOf(await readConfiguration(options)).map(shown), it.finds);
      });
  });
}

const pypi = "pypi-org https://pypi.org/simple default";

cases("uv", {
  "nothing: the public index": { finds: [pypi] },
  "pyproject with a named and an explicit index": {
    files: {
      "/proj/agent/pyproject.toml":
        '[[tool.uv.index]]\nname = "team"\nurl = "https://a.test/simple/"\n[[tool.uv.index]]\nname = "gpu"\nurl = "https://b.test/"\nexplicit = true\n',
    },
    finds: ["team https://a.test/simple/", "gpu https://b.test/ explicit", pypi],
  },
  "uv.toml wins over the pyproject.toml beside it": {
    files: {
      "/proj/agent/uv.toml": 'index-url = "https://a.test/simple"\n',
      "/proj/agent/pyproject.toml": '[tool.uv]\nindex-url = "https://b.test/"\n',
    },
    finds: ["a-test https://a.test/simple default"],
  },
  "a folder above counts where the project says nothing": {
    files: {
      "/proj/pyproject.toml": '[tool.uv]\nextra-index-url = ["https://a.test/simple"]\n',
      "/proj/agent/pyproject.toml": '[project]\nname = "agent"\n',
    },
    finds: ["a-test https://a.test/simple", pypi],
  },
  "the workspace's root counts for its members, not the member": {
    files: {
      "/proj/pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]\n[tool.uv]\nindex-url = "https://root.test/"\n',
      "/proj/packages/one/pyproject.toml": '[project]\nname = "one"\n[tool.uv]\nindex-url = "https://member.test/"\n',
    },
    folder: "/proj/packages/one",
    finds: ["root-test https://root.test/ default"],
  },
  "project, user and system follow one another; the first default counts": {
    files: {
      "/proj/agent/uv.toml": '[[index]]\nurl = "https://a.test/"\n',
      "/home/me/.config/uv/uv.toml": '[[index]]\nname = "user"\nurl = "https://b.test/"\ndefault = true\n',
      "/etc/uv/uv.toml": 'index-url = "https://c.test/"\n',
    },
    finds: ["a-test https://a.test/", "user https://b.test/ default", "c-test https://c.test/"],
  },
  "a command for the whole machine takes no notice of the project": {
    files: { "/proj/agent/uv.toml": 'index-url = "https://a.test/"\n' },
    ignoresProject: true,
    finds: [pypi],
  },
  "UV_CONFIG_FILE is the only file": {
    files: { "/proj/agent/uv.toml": 'index-url = "https://a.test/"\n', "/etc/mine.toml": 'index-url = "https://b.test/"\n' },
    env: { UV_CONFIG_FILE: "/etc/mine.toml" },
    finds: ["b-test https://b.test/ default"],
  },
  "UV_NO_CONFIG: variables alone": {
    files: { "/proj/agent/uv.toml": 'index-url = "https://a.test/"\n' },
    env: { UV_NO_CONFIG: "1", UV_INDEX: "team=https://b.test/ https://c.test/simple", UV_DEFAULT_INDEX: "https://d.test/" },
    finds: ["team https://b.test/", "c-test https://c.test/simple", "d-test https://d.test/ default"],
  },
  "credentials of the person's own, in an address and in variables": {
    files: {
      "/proj/agent/uv.toml":
        '[[index]]\nname = "my-team"\nurl = "https://a.test/"\n[[index]]\nurl = "https://me:p%40ss@b.test/"\n[[index]]\nurl = "https://user@c.test/"\n',
    },
    env: { UV_INDEX_MY_TEAM_PASSWORD: "secret" },
    finds: ["my-team https://a.test/ own", "b-test https://b.test/ own", "c-test https://c.test/", pypi],
  },
  "an index that two places name is one; [pip] has indexes, too": {
    files: {
      "/proj/agent/uv.toml":
        '[[index]]\nname = "team"\nurl = "https://a.test/simple/"\n[pip]\nextra-index-url = ["https://a.test/simple", "https://b.test/"]\n',
    },
    finds: ["team https://a.test/simple/", "b-test https://b.test/", pypi],
  },
  "a relative index is made absolute": {
    files: { "/proj/agent/uv.toml": '[[index]]\nurl = "./wheels"\nformat = "flat"\n' },
    finds: ["proj-agent-wheels file:///proj/agent/wheels", pypi],
  },
  "a broken file is none": { files: { "/proj/agent/uv.toml": "index = [\n" }, finds: [pypi] },
  "on Windows in the user's roaming folder": {
    files: { "C:\\Me\\uv\\uv.toml": 'index-url = "https://a.test/"\n' },
    env: { APPDATA: "C:\\Me" },
    platform: "win32",
    finds: ["a-test https://a.test/ default"],
  },
});

cases("pip", {
  "nothing: the public index": { finds: [pypi] },
  "lists that go on, either delimiter, comments, any spelling of a key": {
    files: {
      "/home/me/.config/pip/pip.conf":
        "[global]\n# ours\nindex_url: https://a.test/simple\nextra-index-url =\n    https://b.test/simple\n    ; not this\n\n    https://me:pw@c.test/simple\ntimeout = 5\n",
    },
    finds: ["a-test https://a.test/simple default", "b-test https://b.test/simple", "c-test https://c.test/simple own"],
  },
  "the command's section wins over [global], a nearer file over a farther one": {
    files: {
      "/etc/pip.conf": "[install]\nindex-url = https://a.test/\n[global]\nextra-index-url = https://x.test/\n",
      "/home/me/.config/pip/pip.conf": "[global]\nindex-url = https://b.test/\n",
      "/venv/pip.conf": "[global]\nextra-index-url = https://y.test/\n",
    },
    env: { VIRTUAL_ENV: "/venv" },
    finds: ["a-test https://a.test/ default", "y-test https://y.test/"],
  },
  "another command has another section": {
    files: { "/etc/pip.conf": "[install]\nindex-url = https://a.test/\n[download]\nindex-url = https://b.test/\n" },
    subcommand: "download",
    finds: ["b-test https://b.test/ default"],
  },
  "PIP_CONFIG_FILE replaces the user's file, variables win, empty ones count as none": {
    files: {
      "/home/me/.config/pip/pip.conf": "[global]\nindex-url = https://a.test/\n",
      "/ci.conf": "[global]\nindex-url = https://b.test/\n",
    },
    env: { PIP_CONFIG_FILE: "/ci.conf", PIP_EXTRA_INDEX_URL: "https://c.test/ https://d.test/", PIP_INDEX_URL: "" },
    finds: ["b-test https://b.test/ default", "c-test https://c.test/", "d-test https://d.test/"],
  },
  "the null device: no file at all": {
    files: { "/etc/pip.conf": "[global]\nindex-url = https://a.test/\n" },
    env: { PIP_CONFIG_FILE: "/dev/null" },
    finds: [pypi],
  },
});

cases("npm", {
  "nothing: the public registry": { finds: ["registry https://registry.npmjs.org/ default"] },
  "project over user over global; scopes; tokens of the person's own, found above the path, too": {
    files: {
      "/proj/agent/package.json": "{}",
      "/proj/agent/.npmrc": "registry=https://a.test/npm/\n@acme:registry=https://b.test/x/y/\n",
      "/home/me/.npmrc": `registry=https://user.test/\n//b.test/x/:_authToken=\${TOKEN}\n`,
      "/usr/etc/npmrc": "@other:registry=https://c.test\n",
    },
    env: { TOKEN: "t" },
    folder: "/proj/agent/src",
    finds: ["registry https://a.test/npm/ default", "@acme https://b.test/x/y/ own of @acme", "@other https://c.test of @other"],
  },
  "variables win, in any case; another user file": {
    files: { "/mine": "//a.test/:_auth=bWU6cHc=\n" },
    env: { NPM_CONFIG_USERCONFIG: "/mine", npm_config_registry: "https://a.test/" },
    finds: ["registry https://a.test/ default own"],
  },
});

cases("go", {
  "nothing: Go's own proxy": { finds: ["proxy-golang-org https://proxy.golang.org default"] },
  "GOPROXY, with either separator": {
    env: { GOPROXY: "https://me:pw@a.test|https://b.test/x,direct" },
    finds: ["a-test https://a.test default own", "b-test-x https://b.test/x"],
  },
  "what go env -w has written": {
    files: { "/home/me/.config/go/env": "GOFLAGS=-v\nGOPROXY=https://a.test\n" },
    finds: ["a-test https://a.test default"],
  },
  "off: none": { env: { GOPROXY: "off" }, finds: [] },
});

test("indexes that were named at login are used alone, by tools that have none of their own configured", async () => {
  const named = [
    { name: "team", url: "https://py.test/simple/", format: "pypi" as const },
    { name: "team-js", url: "https://js.test/", format: "npm" as const },
  ];
  const files = { "/home/me/.config/pip/pip.conf": "[global]\nindex-url = https://own.test/\n" };
  const found = await readConfiguration({ folder: "/proj", machine: machine({ files, finds: [] }), named });
  assert.deepEqual(indexesOf(found).map(shown), [
    "team https://py.test/simple/ default",
    "own-test https://own.test/ default",
    "team-js https://js.test/ default",
    "proxy-golang-org https://proxy.golang.org default",
  ]);
});

test("addresses give their credentials up, also those with unusual signs", () => {
  assert.deepEqual(splitAddress("https://me:a%2Fb@h.test/x@y"), {
    url: "https://h.test/x@y",
    credential: { username: "me", secret: "a/b" },
  });
  assert.deepEqual(splitAddress("https://me:a@b@h.test/"), { url: "https://h.test/", credential: { username: "me", secret: "a@b" } });
  assert.deepEqual(splitAddress("https://h.test/@scope/x:y"), { url: "https://h.test/@scope/x:y" });
  assert(holdsPassword("find-links = https://me:pw@h.test/"));
  assert(!holdsPassword("https://me@h.test/ https://h.test:8080/@scope"));
});
