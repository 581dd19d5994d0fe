/** What the wrapping fixes add, where, and that a second time there is nothing to add. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultConfig } from "../../server/engine/config.ts";
import { applyEdits, compatible, editsOf } from "../../server/engine/finding.ts";
import type { LanguageId } from "../../server/engine/source.ts";
import { aloneInTheWorld } from "../../server/engine/workspace.ts";
import { loadEngine } from "../../server/host/engine.ts";

const engine = await loadEngine();
const specifiers: Partial<Record<LanguageId, string>> = { python: "app.cockpit_runtime", go: "example.com/app/internal/cockpit" };

function options(language: LanguageId, rule: string, specifier = specifiers[language] ?? "./cockpit-runtime.js") {
  return { config: defaultConfig, only: new Set([rule]), workspace: { ...aloneInTheWorld, runtime: { path: "runtime", specifier } } };
}

/** The text with every client tracked; fails if a second time changes anything, or if a fix does not say that it needs the runtime. */
async function track(language: LanguageId, text: string, specifier?: string): Promise<string> {
  const given = options(language, "untracked-client", specifier);
  const file = { path: "main", language, text };
  const fixed = await engine.fixAll(file, given);
  assert.equal(applyEdits(text, fixed.edits), fixed.text);
  assert.deepEqual(await engine.analyze({ ...file, text: fixed.text }, given), []);
  return fixed.text;
}

const python: [about: string, before: string, after: string, specifier?: string][] = [
  [
    "into the group of the file's own package",
    "import os\n\nfrom openai import OpenAI\n\nfrom app.tools import search\nfrom .other import x\n\nc = OpenAI()\n",
    "import os\n\nfrom openai import OpenAI\n\nfrom app.cockpit_runtime import telemetry\nfrom app.tools import search\nfrom .other import x\n\nc = telemetry(OpenAI())\n",
  ],
  [
    "relatively among relative imports",
    "from openai import OpenAI\n\nfrom . import tools\n\nc = OpenAI()\n",
    "from openai import OpenAI\n\nfrom . import tools\nfrom .cockpit_runtime import telemetry\n\nc = telemetry(OpenAI())\n",
    ".cockpit_runtime",
  ],
  [
    "after what makes its own modules importable",
    "import sys\nfrom openai import OpenAI\nsys.path.insert(0, '..')\nfrom app import tools\nc = OpenAI()\n",
    "import sys\nfrom openai import OpenAI\nsys.path.insert(0, '..')\nfrom app import tools\nfrom app.cockpit_runtime import telemetry\nc = telemetry(OpenAI())\n",
  ],
  [
    "after an import over several lines with a comment, line endings of Windows",
    "from openai import (\r\n    OpenAI,  # the client\r\n)  # noqa\r\nc = OpenAI()\r\n",
    "from openai import (\r\n    OpenAI,  # the client\r\n)  # noqa\r\n\r\nfrom app.cockpit_runtime import telemetry\r\nc = telemetry(OpenAI())\r\n",
  ],
  [
    "at the top, below its comments, where imports are inside of functions",
    "#!/usr/bin/env python3\n# What it does.\ndef f():\n    from openai import OpenAI\n    return OpenAI()\n",
    "#!/usr/bin/env python3\n# What it does.\nfrom app.cockpit_runtime import telemetry\n\ndef f():\n    from openai import OpenAI\n    return telemetry(OpenAI())\n",
  ],
  [
    "after a docstring",
    '"""What it does."""\n\ndef f():\n    from openai import OpenAI\n    return OpenAI()\n',
    '"""What it does."""\n\nfrom app.cockpit_runtime import telemetry\n\ndef f():\n    from openai import OpenAI\n    return telemetry(OpenAI())\n',
  ],
  [
    "past optional imports",
    "import os\ntry:\n    import dotenv\nexcept ImportError:\n    dotenv = None\nfrom openai import OpenAI\n\nc = OpenAI()\n",
    "import os\ntry:\n    import dotenv\nexcept ImportError:\n    dotenv = None\nfrom openai import OpenAI\n\nfrom app.cockpit_runtime import telemetry\n\nc = telemetry(OpenAI())\n",
  ],
  [
    "beside what is imported from the runtime already",
    "from openai import OpenAI\nfrom .cockpit_runtime import (\n    cost_control,\n)\nc = cost_control(OpenAI())\n",
    "from openai import OpenAI\nfrom .cockpit_runtime import (\n    cost_control, telemetry,\n)\nc = cost_control(telemetry(OpenAI()))\n",
  ],
  [
    "under another name where the name is taken",
    "from openai import OpenAI\n\ndef telemetry(): ...\n\nc = OpenAI()\n",
    "from openai import OpenAI\n\nfrom app.cockpit_runtime import telemetry as cockpit_telemetry\n\ndef telemetry(): ...\n\nc = cockpit_telemetry(OpenAI())\n",
  ],
  [
    "before the optional code that needs it",
    "import os\ntry:\n    from openai import OpenAI\n    c = OpenAI()\nexcept ImportError:\n    c = None\nimport json\n",
    "import os\n\nfrom app.cockpit_runtime import telemetry\ntry:\n    from openai import OpenAI\n    c = telemetry(OpenAI())\nexcept ImportError:\n    c = None\nimport json\n",
  ],
  [
    "below a line that holds more than the import",
    'from openai import OpenAI; text = """\n"""\nc = OpenAI()\n',
    'from openai import OpenAI; text = """\n"""\n\nfrom app.cockpit_runtime import telemetry\nc = telemetry(OpenAI())\n',
  ],
  [
    "once more where only another function or a type checker has it",
    "from openai import OpenAI\nif TYPE_CHECKING:\n    from app.cockpit_runtime import Budget\n\ndef f():\n    from app.cockpit_runtime import telemetry\n    return telemetry(OpenAI())\n\nc = OpenAI()\n",
    "from openai import OpenAI\n\nfrom app.cockpit_runtime import telemetry\nif TYPE_CHECKING:\n    from app.cockpit_runtime import Budget\n\ndef f():\n    from app.cockpit_runtime import telemetry\n    return telemetry(OpenAI())\n\nc = telemetry(OpenAI())\n",
  ],
  [
    "not again where everything of it is imported and used",
    "from openai import OpenAI\nfrom app.cockpit_runtime import *\nc = telemetry(OpenAI())\n",
    "from openai import OpenAI\nfrom app.cockpit_runtime import *\nc = telemetry(OpenAI())\n",
  ],
];

for (const [about, before, after, specifier] of python)
  test(`Python imports the runtime ${about}`, async () => assert.equal(await track("python", before, specifier), after));

const scripts: [about: string, before: string, after: string][] = [
  [
    "after imports with a comment behind",
    'import OpenAI from "openai"; // SDK\nimport { x } from "./x.js";\nrun();\nimport "./late.js";\nexport default new OpenAI();\n',
    'import OpenAI from "openai"; // SDK\nimport { x } from "./x.js";\nimport { telemetry } from "./cockpit-runtime.js";\nrun();\nimport "./late.js";\nexport default telemetry(new OpenAI());\n',
  ],
  [
    "beside what is imported from the runtime already, never to an import of types",
    'import { OpenAI } from "openai";\nimport type { Budget } from "./cockpit-runtime.js";\nimport { costControl } from "./cockpit-runtime.js";\nconst c = costControl(new OpenAI);\n',
    'import { OpenAI } from "openai";\nimport type { Budget } from "./cockpit-runtime.js";\nimport { costControl, telemetry } from "./cockpit-runtime.js";\nconst c = costControl(telemetry(new OpenAI));\n',
  ],
  [
    "by require where the file does, under another name where the name is taken",
    "#!/usr/bin/env node\n'use strict';\nconst { OpenAI } = require('openai')\n\nconst telemetry = 1\nconst c = new OpenAI()\n",
    "#!/usr/bin/env node\n'use strict';\nconst { OpenAI } = require('openai')\nconst { telemetry: cockpitTelemetry } = require('./cockpit-runtime.js')\n\nconst telemetry = 1\nconst c = cockpitTelemetry(new OpenAI())\n",
  ],
  [
    "below directives where nothing is imported at the top",
    '"use server";\n\nexport async function f() {\n  const { OpenAI } = require("openai");\n  return new OpenAI();\n}\n',
    '"use server";\n\nimport { telemetry } from "./cockpit-runtime.js";\n\nexport async function f() {\n  const { OpenAI } = require("openai");\n  return telemetry(new OpenAI());\n}\n',
  ],
  [
    "by require where functions of a CommonJS module do",
    "#!/usr/bin/env node\nexports.f = () => {\n  const { OpenAI } = require('openai');\n  return new OpenAI();\n};\n",
    "#!/usr/bin/env node\n\nconst { telemetry } = require('./cockpit-runtime.js');\nexports.f = () => {\n  const { OpenAI } = require('openai');\n  return telemetry(new OpenAI());\n};\n",
  ],
  [
    "above a client whose module is awaited at the top",
    'const { default: OpenAI } = await import("openai");\nexport const c = new OpenAI();\n',
    'import { telemetry } from "./cockpit-runtime.js";\n\nconst { default: OpenAI } = await import("openai");\nexport const c = telemetry(new OpenAI());\n',
  ],
  [
    "by require where a CommonJS module only awaits",
    'module.exports = async () => {\n  const OpenAI = (await import("openai")).default;\n  return new OpenAI();\n};\n',
    'const { telemetry } = require("./cockpit-runtime.js");\n\nmodule.exports = async () => {\n  const OpenAI = (await import("openai")).default;\n  return telemetry(new OpenAI());\n};\n',
  ],
  [
    "with what only its function awaits of the runtime",
    'export async function f() {\n  const { OpenAI } = await import("openai");\n  const { telemetry } = await import("./cockpit-runtime.js");\n  const c = new OpenAI();\n  return [c, telemetry(new OpenAI())];\n}\n',
    'export async function f() {\n  const { OpenAI } = await import("openai");\n  const { telemetry } = await import("./cockpit-runtime.js");\n  const c = telemetry(new OpenAI());\n  return [c, telemetry(new OpenAI())];\n}\n',
  ],
  [
    "below a member of it that is taken alone",
    'const { OpenAI } = require("openai");\nconst costControl = require("./cockpit-runtime.js").costControl;\nconst c = costControl(new OpenAI());\n',
    'const { OpenAI } = require("openai");\nconst costControl = require("./cockpit-runtime.js").costControl;\nconst { telemetry } = require("./cockpit-runtime.js");\nconst c = costControl(telemetry(new OpenAI()));\n',
  ],
  [
    "by require where a member of a module is taken",
    'const OpenAI = require("openai").default;\nconst c = new OpenAI();\n',
    'const OpenAI = require("openai").default;\nconst { telemetry } = require("./cockpit-runtime.js");\nconst c = telemetry(new OpenAI());\n',
  ],
  [
    "once more where only another function has it",
    'import OpenAI from "openai";\nexport const f = () => {\n  const { telemetry } = require("./cockpit-runtime.js");\n  return telemetry(new OpenAI());\n};\nexport const c = new OpenAI();\n',
    'import OpenAI from "openai";\nimport { telemetry as cockpitTelemetry } from "./cockpit-runtime.js";\nexport const f = () => {\n  const { telemetry } = require("./cockpit-runtime.js");\n  return telemetry(new OpenAI());\n};\nexport const c = cockpitTelemetry(new OpenAI());\n',
  ],
];

for (const [about, before, after] of scripts)
  test(`TypeScript imports the runtime ${about}`, async () => assert.equal(await track("typescript", before), after));

const goes: [about: string, before: string, after: string][] = [
  [
    "with options on lines of their own",
    'package main\n\nimport (\n\t"fmt"\n\n\t"github.com/openai/openai-go"\n\t"github.com/openai/openai-go/option"\n)\n\nvar c = openai.NewClient(\n\toption.WithAPIKey("k"), // ours\n)\n',
    'package main\n\nimport (\n\t"fmt"\n\n\t"github.com/openai/openai-go"\n\t"github.com/openai/openai-go/option"\n\n\t"example.com/app/internal/cockpit"\n)\n\nvar c = openai.NewClient(\n\toption.WithMiddleware(cockpit.Telemetry),\n\toption.WithAPIKey("k"), // ours\n)\n',
  ],
  [
    "in the group of its own module, first by name",
    'package main\n\nimport (\n\t"example.com/app/internal/tools"\n\t"google.golang.org/genai"\n)\n\nfunc f() { return genai.NewClient(ctx, &genai.ClientConfig{Backend: genai.BackendVertexAI}) }\n',
    'package main\n\nimport (\n\t"example.com/app/internal/cockpit"\n\t"example.com/app/internal/tools"\n\t"google.golang.org/genai"\n)\n\nfunc f() { return cockpit.TelemetryFor(genai.NewClient(ctx, &genai.ClientConfig{Backend: genai.BackendVertexAI})) }\n',
  ],
  [
    "where two SDKs have a package of the same name",
    'package main\n\nimport (\n\t"github.com/anthropics/anthropic-sdk-go"\n\t"github.com/anthropics/anthropic-sdk-go/option"\n\t"github.com/openai/openai-go/v3"\n)\n\nvar a = anthropic.NewClient(option.WithMiddleware(mine))\nvar b = openai.NewClient()\n',
    'package main\n\nimport (\n\t"github.com/anthropics/anthropic-sdk-go"\n\t"github.com/anthropics/anthropic-sdk-go/option"\n\t"github.com/openai/openai-go/v3"\n\tclientoption "github.com/openai/openai-go/v3/option"\n\n\t"example.com/app/internal/cockpit"\n)\n\nvar a = anthropic.NewClient(option.WithMiddleware(cockpit.Telemetry), option.WithMiddleware(mine))\nvar b = openai.NewClient(clientoption.WithMiddleware(cockpit.Telemetry))\n',
  ],
  [
    "past an import of the runtime for its side effects alone",
    'package main\n\nimport (\n\t_ "example.com/app/internal/cockpit"\n\t"google.golang.org/genai"\n)\n\nvar c, err = genai.NewClient(ctx, nil)\n',
    'package main\n\nimport (\n\t"example.com/app/internal/cockpit"\n\t_ "example.com/app/internal/cockpit"\n\t"google.golang.org/genai"\n)\n\nvar c, err = cockpit.TelemetryFor(genai.NewClient(ctx, nil))\n',
  ],
  [
    "both with options of its own and with options from elsewhere",
    'package main\n\nimport (\n\t"fmt"\n\n\t"github.com/openai/openai-go/v3"\n)\n\nvar a = openai.NewClient()\nvar b = openai.NewClient(options...)\n',
    'package main\n\nimport (\n\t"fmt"\n\n\t"github.com/openai/openai-go/v3"\n\t"github.com/openai/openai-go/v3/option"\n\n\t"example.com/app/internal/cockpit"\n)\n\nvar a = openai.NewClient(option.WithMiddleware(cockpit.Telemetry))\nvar b = openai.NewClient(append([]option.RequestOption{option.WithMiddleware(cockpit.Telemetry)}, options...)...)\n',
  ],
];

for (const [about, before, after] of goes) test(`Go is wrapped ${about}`, async () => assert.equal(await track("go", before), after));

test("Go's imports get other names where the package has theirs in another file", async () => {
  const given = options("go", "untracked-client");
  const runtime = { ...given.workspace.runtime, taken: ["option", "cockpit"] };
  const text = 'package main\n\nimport "github.com/openai/openai-go/v3"\n\nvar c = openai.NewClient()\n';
  const fixed = await engine.fixAll({ path: "main.go", language: "go", text }, { ...given, workspace: { ...given.workspace, runtime } });
  assert.match(fixed.text, /import clientoption "[^"]+"\nimport cockpitruntime "[^"]+"\n/);
  assert.match(fixed.text, /NewClient\(clientoption\.WithMiddleware\(cockpitruntime\.Telemetry\)\)/);
});

test("twenty clients share one import, and are wrapped at once", async () => {
  const text = `from openai import OpenAI\n${"c = OpenAI()\n".repeat(20)}`;
  const findings = await engine.analyze({ path: "main.py", language: "python", text }, options("python", "untracked-client"));
  const batch = compatible(findings);
  assert.equal(batch.length, 20);
  assert.ok(batch.every(({ fix }) => fix.runtime === "runtime"));
  assert.equal(
    applyEdits(text, editsOf(batch)),
    `from openai import OpenAI\n\nfrom app.cockpit_runtime import telemetry\n${"c = telemetry(OpenAI())\n".repeat(20)}`,
  );
});

test("where no runtime has a place, the client is found and not wrapped", async () => {
  const file = {
    path: "main.go",
    language: "go" as const,
    text: 'package main\n\nimport "github.com/openai/openai-go"\n\nvar c = openai.NewClient()\n',
  };
  const [finding] = await engine.analyze(file, { config: defaultConfig, only: new Set(["untracked-client"]) });
  assert.equal(finding?.message, "No telemetry covers the calls of this `openai.NewClient`");
  assert.equal(finding?.fix, undefined);
});

const browsers: [about: string, text: string][] = [
  [
    "says that it runs in a browser",
    'import OpenAI from "openai";\nexport const c = new OpenAI({ apiKey, dangerouslyAllowBrowser: true });\n',
  ],
  [
    "is part of a client component",
    '"use client";\nimport { GoogleGenAI } from "@google/genai";\nexport const c = new GoogleGenAI({ apiKey });\n',
  ],
  ["runs at the edge", 'import OpenAI from "openai";\nexport const runtime = "edge";\nexport const c = new OpenAI();\n'],
];

for (const [about, text] of browsers)
  test(`a client that ${about}, where the runtime does not, is found and not wrapped`, async () => {
    const file = { path: "main.ts", language: "typescript" as const, text };
    const findings = await engine.analyze(file, options("typescript", "untracked-client"));
    assert.deepEqual(
      findings.map(({ fix }) => fix),
      [undefined],
    );
  });
