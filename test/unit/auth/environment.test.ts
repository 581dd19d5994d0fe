/** What tools find in their environment: configuration and credentials in, variables and files out. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toolCommand, writesNpmSettings } from "../../../server/auth/command-line.ts";
import { keyringAnswer, keyringQuestion } from "../../../server/auth/environment/keyring.ts";
import { toolEnvironment, withVariables } from "../../../server/auth/environment.ts";
import { parseConfigparser } from "../../../server/auth/indexes/configparser.ts";
import { readConfiguration } from "../../../server/auth/indexes/configured.ts";
import type { Machine } from "../../../server/auth/indexes/machine.ts";
import { configparserCases } from "./configparser-cases.ts";

interface Given {
  files?: Record<string, string>;
  env?: Record<string, string>;
  isBrief?: boolean;
  platform?: NodeJS.Platform;
}

async function environment({ files = {}, env = {}, isBrief = true, platform = "linux" }: Given) {
  const written: Record<string, string> = {};
  const machine: Machine = { env, home: "/home/me", platform, read: async (path) => files[path] };
  const variables = toolEnvironment({
    configuration: await readConfiguration({ folder: "/proj", machine }),
    credentials: new Map([["https://a.test/", { username: "me", secret: "s/1" }]]),
    temporary: {
      write(name, text) {
        written[name] = text;
        return `/tmp/x/${name}`;
      },
      remove() {},
    },
    machine,
    cockpit: ["/opt/my node", "/opt/cockpit.mjs"],
    isBrief,
    mayConfigureUv: true,
    mark: "X",
  });
  return { variables, written };
}

const keyring = { PATH: "/tmp/x", UV_KEYRING_PROVIDER: "subprocess", PIP_KEYRING_PROVIDER: "subprocess" };

const nameless = {
  "/proj/uv.toml": 'offline = true\nfind-links = ["w"]\nindex-url = "https://a.test/"\n[[index]]\nurl = "https://me:own@b.test/"\n',
};

describe("uv", () => {
  test("a nameless index gets a name in a file that holds no secret, the person's own among them", async () => {
    const { variables, written } = await environment({ files: nameless });
    assert.deepEqual(variables, {
      UV_CONFIG_FILE: "/tmp/x/uv.toml",
      UV_INDEX_A_TEST_USERNAME: "me",
      UV_INDEX_B_TEST_USERNAME: "me",
      ...keyring,
      COCKPIT_PYTHON_X_1: "own",
      COCKPIT_PYTHON_X_2: "s/1",
    });
    assert.equal(
      written["uv.toml"],
      'offline = true\nfind-links = [ "file:///proj/w" ]\n\n[[index]]\nname = "b-test"\nurl = "https://b.test/"\n\n[[index]]\nname = "a-test"\ndefault = true\nurl = "https://a.test/"\n',
    );
  });

  test("a secret that no variable can hold keeps the file from being written", async () => {
    const files = {
      "/proj/uv.toml": `find-links = ["https://me:pw@w.test/"]\n${nameless["/proj/uv.toml"].replace('find-links = ["w"]\n', "")}`,
    };
    const { variables, written } = await environment({ files });
    assert.equal(written["uv.toml"], undefined);
    assert.equal(variables.UV_INDEX_URL, "https://me@a.test/");
  });

  test("a shell gets the user name, and a keyring first on its PATH", async () => {
    const { variables, written } = await environment({ files: nameless, isBrief: false, env: { PATH: "/bin" } });
    assert.deepEqual(variables, { UV_INDEX_URL: "https://me@a.test/", ...keyring, PATH: "/tmp/x:/bin", COCKPIT_PYTHON_X_1: "own" });
    assert.deepEqual(written, {
      keyring: `#!/bin/sh
case "$*" in
'get https://b.test/ me'|'get https://b.test me') printf '%s\\n' "$COCKPIT_PYTHON_X_1"; exit;;
esac
exec '/opt/my node' '/opt/cockpit.mjs' auth keyring -- "$@"
`,
    });
  });

  test("a shell on Windows, where uv finds no script of that name, gets the password", async () => {
    const { variables } = await environment({ env: { UV_INDEX: "https://a.test/ https://c.test/" }, isBrief: false, platform: "win32" });
    assert.deepEqual(variables, { UV_INDEX: "https://me:s%2F1@a.test/ https://c.test/" });
  });
});

test("pip: a list that has an index of ours is named in full, the other is left to the file", async () => {
  const files = { "/etc/pip.conf": "[global]\nindex-url = https://c.test/\nextra-index-url = https://a.test/ https://you:pw@b.test/\n" };
  const { variables } = await environment({ files });
  assert.deepEqual(variables, {
    PIP_EXTRA_INDEX_URL: "https://me@a.test/ https://you@b.test/",
    ...keyring,
    COCKPIT_PYTHON_X_1: "s/1",
    COCKPIT_PYTHON_X_2: "pw",
  });
});

test("npm: every secret stands in a variable, what names a variable stays", async () => {
  const own = `registry=https://a.test/\n//b.test/:_authToken=own\n//c.test/:_authToken=\${C}\n//d.test/:_authToken=half-\${C}\nproxy=http://me:pw@p.test\nca[]=x\nca[]=y\nemail=me@a.test\n`;
  const { variables, written } = await environment({ files: { "/home/me/.npmrc": own }, env: { C: "c" } });
  assert.deepEqual(variables, {
    NPM_CONFIG_USERCONFIG: "/tmp/x/npmrc",
    COCKPIT_NPM_X_1: "own",
    COCKPIT_NPM_X_2: "half-c",
    COCKPIT_NPM_X_3: "http://me:pw@p.test",
    COCKPIT_NPM_X_4: "s/1",
  });
  assert.equal(
    written.npmrc,
    `registry=https://a.test/\n//b.test/:_authToken=\${COCKPIT_NPM_X_1}\n//c.test/:_authToken=\${C}\n//d.test/:_authToken=\${COCKPIT_NPM_X_2}\nproxy=\${COCKPIT_NPM_X_3}\nca[]=x\nca[]=y\nemail=me@a.test\n//a.test/:_authToken=\${COCKPIT_NPM_X_4}\n`,
  );
});

test("npm: a host whose name begins ours is given nothing", async () => {
  const project = `registry=https://a.test/\n//a.tes:_authToken=\${UNSET}\n//a.test/:_authToken=\${UNSET}\n`;
  const { variables } = await environment({ files: { "/proj/package.json": "{}", "/proj/.npmrc": project } });
  const given = Object.entries(variables).filter(([, value]) => value === "s/1");
  assert.deepEqual(given.map(([name]) => name).sort(), ["COCKPIT_NPM_X_1", "npm_config_//a.test/:_authToken"]);
});

test("uv: an index of a repository's that has the name of ours is given a user name alone", async () => {
  const project = '[[index]]\nname = "a-b"\nurl = "https://a.test/"\n[[index]]\nname = "a_b"\nurl = "https://evil.test/"\n';
  const { variables } = await environment({ files: { "/proj/uv.toml": project } });
  const named = Object.entries(variables).filter(([name]) => name.startsWith("UV_INDEX"));
  assert.deepEqual(named, [["UV_INDEX_A_B_USERNAME", "me"]]);
});

test("go: asks the cockpit after whom it asks already; off stays off", async () => {
  const { variables } = await environment({ env: { GOPROXY: "https://a.test/" } });
  assert.deepEqual(variables, { GOAUTH: "netrc; '/opt/my node' /opt/cockpit.mjs auth go" });
  assert.deepEqual((await environment({ env: { GOPROXY: "https://a.test/", GOAUTH: "off" } })).variables, {});
});

test("nothing is added where no index is ours", async () => {
  assert.deepEqual(await environment({ isBrief: false, env: { PATH: "/bin" } }), { variables: {}, written: {} });
});

test("no other spelling of a variable contradicts ours", () => {
  assert.deepEqual(withVariables({ npm_config_userconfig: "x", A: "1", B: undefined }, { NPM_CONFIG_USERCONFIG: "y" }), {
    A: "1",
    NPM_CONFIG_USERCONFIG: "y",
  });
});

test("tools that fetch and end are told from what may run for hours", () => {
  const brief = (line: string) => {
    const found = toolCommand(line.split(" "), "/proj");
    return (
      found &&
      `${found.tool} ${found.subcommand} ${found.folder}${found.ignoresProject ? " machine" : ""}${found.choosesIndexes ? " chosen" : ""}`
    );
  };
  const lines: [string, string | undefined][] = [
    ["uv sync", "uv sync /proj"],
    ["/opt/uv.exe --directory sub pip install x", "uv pip /proj/sub"],
    ["uv pip install --index-url https://a.test/ x", "uv pip /proj chosen"],
    ["uv tool install x", "uv tool /proj machine"],
    ["uv tool run x", undefined],
    ["uv run make", undefined],
    ["uvx x", undefined],
    ["python3.12 -m pip install x", "pip install /proj"],
    ["pip config debug", undefined],
    ["npm --prefix web ci", "npm ci /proj/web"],
    ["npm run build", undefined],
    ["go -C sub get x", "go get /proj/sub"],
    ["go run .", undefined],
    ["make", undefined],
  ];
  assert.deepEqual(
    lines.map(([line]) => [line, brief(line)]),
    lines,
  );
  assert(
    writesNpmSettings(["npm", "login"]) && writesNpmSettings(["npm.cmd", "config", "set", "a=b"]) && !writesNpmSettings(["npm", "ci"]),
  );
});

test("keyring is asked in its three ways, and in no other", () => {
  const answer = (line: string) => {
    const question = keyringQuestion(line.split(" "));
    return question && keyringAnswer(question, "me", "pw");
  };
  assert.equal(answer("get https://a.test/ me"), "pw\n");
  assert.equal(answer("get https://a.test/ --mode creds"), "me\npw\n");
  assert.equal(answer("--mode=creds --output=json get https://a.test/"), '{"username":"me","password":"pw"}\n');
  assert.equal(answer("set https://a.test/ me"), undefined);
  assert.equal(answer("--list-backends"), undefined);
});

test("pip.conf is read as Python reads it", () => {
  for (const { text, parsed } of configparserCases)
    assert.deepEqual(
      Object.fromEntries([...parseConfigparser(text)].map(([name, section]) => [name, Object.fromEntries(section)])),
      parsed,
    );
});
