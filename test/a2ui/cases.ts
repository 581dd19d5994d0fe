/** Small programs around surface components: every component, version, import form, attribute form and place for an id. */

export interface Case {
  name: string;
  /** Path inside the case's folder → text. The findings of all files count. */
  files: Record<string, string>;
}

const catalog =
  "AudioPlayer Button Card CheckBox Column DateTimeInput Divider Icon Image List Modal MultipleChoice Row Slider Tabs Text TextField Video".split(
    " ",
  );

const v08 = ["@a2ui/react", "@a2ui/react/v0_8"];

/** Attributes that a component needs besides `surfaceId`. */
const others = (component: string) => (component === "A2UIRenderer" ? "" : " node={null as never}");

/** Ways to import a component; `tag` is what it is called then. */
const importForms: { name: string; head(module: string, component: string): string; tag(component: string): string }[] = [
  { name: "named", head: (m, c) => `import { ${c} } from "${m}";`, tag: (c) => c },
  { name: "alias", head: (m, c) => `import { ${c} as Drawn } from "${m}";`, tag: () => "Drawn" },
  { name: "namespace", head: (m) => `import * as A2UI from "${m}";`, tag: (c) => `A2UI.${c}` },
  { name: "const", head: (m, c) => `import { ${c} } from "${m}";\nconst Drawn = ${c};`, tag: () => "Drawn" },
  { name: "member", head: (m, c) => `import * as A2UI from "${m}";\nconst Drawn = A2UI.${c};`, tag: () => "Drawn" },
  { name: "taken out", head: (m, c) => `import * as A2UI from "${m}";\nconst { ${c}: Drawn } = A2UI;`, tag: () => "Drawn" },
  {
    name: "mixed",
    head: (m, c) => `import { type ComponentType } from "react";\nimport { ${c} } from '${m}';\nexport type T = ComponentType;`,
    tag: (c) => c,
  },
];

/** Ways to write an element; `before` stands above the component. */
const attributeForms: { name: string; before?: string; attributes: string; open?: boolean }[] = [
  { name: "none", attributes: "" },
  { name: "open and closed", attributes: "", open: true },
  { name: "other attributes", attributes: " key='a'" },
  { name: "lines", attributes: "\n      key='a'" },
  { name: "literal", attributes: ' surfaceId="main"' },
  { name: "expression", attributes: " surfaceId={String(1)}" },
  { name: "template", attributes: " surfaceId={`s-1`}" },
  { name: "no value", attributes: " surfaceId" },
  { name: "undefined", attributes: " surfaceId={undefined}" },
  { name: "null", attributes: " surfaceId={null}" },
  { name: "spread that has it", before: "const rest = { surfaceId: String(1) };", attributes: " {...rest}" },
  { name: "spread of unknown that has it", before: "declare const rest: { surfaceId: string };", attributes: " {...rest}" },
  { name: "spread of a constant without it", before: 'const rest = { key: "a" };', attributes: " {...rest}" },
  { name: "spread of a literal without it", attributes: ' {...{ key: "a" }}' },
  { name: "spread of a literal with it", attributes: ' {...{ surfaceId: "main" }}' },
  { name: "comment", attributes: ' /* surfaceId="main" */' },
];

function element(tag: string, component: string, attributes: string, open = false): string {
  const start = `<${tag}${attributes}${others(component)}`;
  return open ? `${start}></${tag}>` : `${start} />`;
}

const forms: Case[] = [...v08, "@copilotkit/a2ui-renderer"].flatMap((module) =>
  (module.startsWith("@copilotkit") ? ["A2UIRenderer"] : ["A2UIRenderer", "ComponentNode"]).flatMap((component) =>
    importForms.flatMap((form) =>
      attributeForms.map(({ name, before = "", attributes, open }) => ({
        name: `${module} ${component}: ${form.name}, ${name}`,
        files: {
          "app.tsx": `${form.head(module, component)}\n${before}\nexport const App = () => (\n  ${element(form.tag(component), component, attributes, open)}\n);\n`,
        },
      })),
    ),
  ),
);

const catalogs: Case[] = v08.flatMap((module) =>
  catalog.flatMap((component) =>
    ["", ' surfaceId="main"'].map((attributes) => ({
      name: `${module} ${component}${attributes}`,
      files: {
        "app.tsx": `import { ${component} } from "${module}";\nexport const App = () => ${element(component, component, attributes)};\n`,
      },
    })),
  ),
);

const versions: Case[] = importForms.flatMap((form) => [
  {
    name: `@a2ui/react/v0_9 A2uiSurface: ${form.name}`,
    files: {
      "app.tsx": `${form.head("@a2ui/react/v0_9", "A2uiSurface")}\nexport const App = () => <${form.tag("A2uiSurface")} surface={null as never} />;\n`,
    },
  },
  {
    name: `@a2ui/react A2UIProvider: ${form.name}`,
    files: {
      "app.tsx": `${form.head("@a2ui/react", "A2UIProvider")}\nexport const App = () => <${form.tag("A2UIProvider")}>{null}</${form.tag("A2UIProvider")}>;\n`,
    },
  },
]);

const renderer = 'import { A2UIRenderer } from "@a2ui/react";\n';

/** Places where an id is, or is not, in scope. */
const scopes: Case[] = Object.entries({
  parameter: "export const App = ({ surfaceId }: { surfaceId: string }) => <A2UIRenderer />;",
  "optional parameter": "export const App = ({ surfaceId }: { surfaceId?: string }) => <p>{surfaceId}<A2UIRenderer /></p>;",
  "defaulted parameter": 'export const App = ({ surfaceId = "main" }: { surfaceId?: string }) => <A2UIRenderer />;',
  "number parameter": "export const App = ({ surfaceId }: { surfaceId: number }) => <p>{surfaceId}<A2UIRenderer /></p>;",
  "props interface": "interface P { surfaceId: string }\nexport function App(props: P) { return <A2UIRenderer />; }",
  "props alias": "type P = { a: 1 } & { surfaceId: string };\nexport function App(p: P) { return <A2UIRenderer />; }",
  "props of another type": "export function App(props: { id: string }) { return <A2UIRenderer className={props.id} />; }",
  variable: 'export function App() { const surfaceId = "main"; return <A2UIRenderer />; }',
  "variable below":
    'export function App() { const drawn = <A2UIRenderer />; const surfaceId = "main"; return <p id={surfaceId}>{drawn}</p>; }',
  callback: 'export const App = () => ["a"].map((surfaceId) => <A2UIRenderer key={surfaceId} />);',
  "other callback": 'export const App = () => ["a"].map((id) => <A2UIRenderer key={id} />);',
  "out of scope": "export const first = (surfaceId: string) => surfaceId;\nexport const App = () => <A2UIRenderer />;",
  nested: "export function App({ surfaceId }: { surfaceId: string }) { const draw = () => <A2UIRenderer />; return draw(); }",
  attribute:
    "export const App = ({ surfaceId }: { surfaceId: string }) => <A2UIRenderer surfaceId={surfaceId} fallback={<A2UIRenderer />} />;",
  "two without": "export const App = () => <><A2UIRenderer /><A2UIRenderer /></>;",
  state: 'import { useState } from "react";\nexport function App() { const [surfaceId] = useState("a"); return <A2UIRenderer />; }',
}).map(([name, body]) => ({ name: `scope: ${name}`, files: { "app.tsx": `${renderer}${body}\n` } }));

/** Other things of the same name, and the same thing behind other names. */
const resolution: Case[] = Object.entries({
  shadowed: `${renderer}export function App({ A2UIRenderer }: { A2UIRenderer: () => null }) { return <A2UIRenderer />; }\nexport { A2UIRenderer };`,
  "own component": "const A2UIRenderer = () => null;\nexport const App = () => <A2UIRenderer />;",
  memo: `import { memo } from "react";\n${renderer}const Drawn = memo(A2UIRenderer);\nexport const App = () => <Drawn />;`,
  "React.memo": `import * as React from "react";\n${renderer}const Drawn = React.memo(A2UIRenderer);\nexport const App = () => <Drawn />;`,
  "component props": `import type { ComponentProps } from "react";\n${renderer}const Drawn = (props: ComponentProps<typeof A2UIRenderer>) => <A2UIRenderer {...props} />;\nexport const App = () => <Drawn />;`,
  "package's props": `import { A2UIRenderer, type A2UIRendererProps } from "@a2ui/react";\nconst Drawn = (props: A2UIRendererProps) => <A2UIRenderer {...props} />;\nexport const App = () => <Drawn />;`,
  "props without": `import { A2UIRenderer, type A2UIRendererProps } from "@a2ui/react";\nconst Drawn = (props: Omit<A2UIRendererProps, "surfaceId">) => <A2UIRenderer surfaceId="a" {...props} />;\nexport const App = () => <Drawn />;`,
  createElement: `import { createElement } from "react";\n${renderer}export const App = () => createElement(A2UIRenderer, { className: "a" });`,
  "createElement with it": `import { createElement } from "react";\n${renderer}export const App = () => createElement(A2UIRenderer, { surfaceId: "a" });`,
  "React.createElement": `import * as React from "react";\nimport * as A2UI from "@a2ui/react";\nexport const App = () => React.createElement(A2UI.A2UIRenderer, {});`,
}).map(([name, text]) => ({ name: `resolution: ${name}`, files: { "app.tsx": `${text}\n` } }));

/** Ways to declare a component of one's own; each exports `Board`, which requires `surfaceId` where `asks`. */
const ownComponents: Record<string, string> = {
  "inline type": "export function Board(p: { surfaceId: string }) { return <i id={p.surfaceId} />; }",
  interface: "interface P { surfaceId: string }\nexport function Board({ surfaceId }: P) { return <i id={surfaceId} />; }",
  extends:
    "interface B { surfaceId: string }\ninterface P extends B { a?: number }\nexport function Board({ surfaceId }: P) { return <i id={surfaceId} />; }",
  intersection: "type P = { a?: 1 } & { surfaceId: string };\nexport const Board = ({ surfaceId }: P) => <i id={surfaceId} />;",
  FC: 'import type { FC } from "react";\nexport const Board: FC<{ surfaceId: string }> = ({ surfaceId }) => <i id={surfaceId} />;',
  "React.FC":
    'import type React from "react";\ninterface P { surfaceId: string }\nexport const Board: React.FC<P> = (props) => <i id={props.surfaceId} />;',
  memo: 'import { memo } from "react";\nexport const Board = memo(({ surfaceId }: { surfaceId: string }) => <i id={surfaceId} />);',
  forwardRef:
    'import { forwardRef } from "react";\ninterface P { surfaceId: string }\nexport const Board = forwardRef<HTMLElement, P>(({ surfaceId }, ref) => <i ref={ref} id={surfaceId} />);',
  class:
    'import { Component } from "react";\ninterface P { surfaceId: string }\nexport class Board extends Component<P> { override render() { return <i id={this.props.surfaceId} />; } }',
  optional: "export function Board({ surfaceId }: { surfaceId?: string }) { return <i id={surfaceId} />; }",
  partial: "interface P { surfaceId: string }\nexport function Board({ surfaceId }: Partial<P>) { return <i id={surfaceId} />; }",
  omit: 'interface P { surfaceId: string; a?: 1 }\nexport function Board({ a }: Omit<P, "surfaceId">) { return <i id={String(a)} />; }',
  pick: 'interface P { surfaceId: string; a?: 1 }\nexport function Board({ a }: Pick<P, "a">) { return <i id={String(a)} />; }',
  required: "interface P { surfaceId?: string }\nexport function Board({ surfaceId }: Required<P>) { return <i id={surfaceId} />; }",
  children:
    'import type { PropsWithChildren } from "react";\nexport function Board({ surfaceId }: PropsWithChildren<{ surfaceId: string }>) { return <i id={surfaceId} />; }',
  default: "export function Board({ surfaceId = 'a' }: { surfaceId?: string }) { return <i id={surfaceId} />; }",
};

/** Ways for another file to reach it. */
const routes: Record<string, (board: string) => Record<string, string>> = {
  "same file": (board) => ({ "app.tsx": `${board}\nexport const App = () => <Board />;\n` }),
  relative: (board) => ({ "board.tsx": board, "app.tsx": 'import { Board } from "./board";\nexport const App = () => <Board />;\n' }),
  "barrel and alias": (board) => ({
    "ui/board.tsx": board,
    "ui/index.ts": 'export { Board as Stage } from "./board.js";\n',
    "app.tsx": 'import { Stage as S } from "./ui";\nexport const App = () => <S />;\n',
  }),
};

const workspace: Case[] = Object.entries(ownComponents).flatMap(([name, board]) =>
  Object.entries(routes).map(([route, files]) => ({ name: `workspace: ${name}, ${route}`, files: files(`${board}\n`) })),
);

const plain = "export function Board({ surfaceId }: { surfaceId: string }) { return <i id={surfaceId} />; }\n";

const modules: Case[] = Object.entries<Record<string, string>>({
  "default export": {
    "board.tsx": plain.replace("export", "export default"),
    "app.tsx": 'import B from "./board";\nexport const App = () => <B />;\n',
  },
  "anonymous default": {
    "board.tsx": "export default function ({ surfaceId }: { surfaceId: string }) { return <i id={surfaceId} />; }\n",
    "app.tsx": 'import B from "./board";\nexport const App = () => <B />;\n',
  },
  "default of a name": {
    "board.tsx": `${plain}export default Board;\n`,
    "app.tsx": 'import B from "./board";\nexport const App = () => <B />;\n',
  },
  "default by name": {
    "board.tsx": `${plain}export { Board as default };\n`,
    "app.tsx": 'import { default as B } from "./board";\nexport const App = () => <B />;\n',
  },
  "star barrel": {
    "ui/board.tsx": plain,
    "ui/index.ts": 'export * from "./board";\n',
    "app.tsx": 'import { Board } from "./ui/index";\nexport const App = () => <Board />;\n',
  },
  "star as": {
    "ui/board.tsx": plain,
    "ui/index.ts": 'export * as ui from "./board";\n',
    "app.tsx": 'import { ui } from "./ui";\nexport const App = () => <ui.Board />;\n',
  },
  namespace: { "board.tsx": plain, "app.tsx": 'import * as ui from "./board";\nexport const App = () => <ui.Board />;\n' },
  "two barrels": {
    "a/b/board.tsx": plain,
    "a/b/index.ts": 'export * from "./board";\n',
    "a/index.ts": 'export { Board } from "./b";\n',
    "x/app.tsx": 'import { Board } from "../a";\nexport const App = () => <Board />;\n',
  },
  "imported, then exported": {
    "ui/board.tsx": plain,
    "ui/index.ts": 'import { Board } from "./board";\nexport { Board };\n',
    "app.tsx": 'import { Board } from "./ui";\nexport const App = () => <Board />;\n',
  },
  "wrapped elsewhere": {
    "board.tsx": plain,
    "wide.tsx":
      'import { memo } from "react";\nimport { Board } from "./board";\nexport const Wide = memo(Board);\nexport const surfaceId = "a";\n',
    "app.tsx": 'import { Wide } from "./wide";\nexport const App = () => <Wide />;\n',
  },
  "package through a barrel": {
    "ui.ts": 'export { A2UIRenderer as Draw } from "@a2ui/react";\n',
    "app.tsx": 'import { Draw } from "./ui";\nexport const App = () => <Draw />;\n',
  },
  "all of a package through a barrel": {
    "ui.ts": 'export * from "@a2ui/react";\n',
    "app.tsx":
      'import { A2UIRenderer, A2UIProvider } from "./ui";\nexport const App = () => <A2UIProvider><A2UIRenderer /></A2UIProvider>;\n',
  },
  "another of the name": {
    "board.tsx": plain,
    "other.tsx": "export function Board() { return null; }\n",
    "app.tsx": 'import { Board } from "./other";\nexport const App = () => <Board />;\n',
  },
  "given through a barrel": {
    "ui/board.tsx": plain,
    "ui/index.ts": 'export * from "./board";\n',
    "app.tsx": 'import { Board } from "./ui";\nexport const App = () => <Board surfaceId="a" />;\n',
  },
}).map(([name, files]) => ({ name: `modules: ${name}`, files }));

export const cases: readonly Case[] = [...forms, ...catalogs, ...versions, ...scopes, ...resolution, ...workspace, ...modules];
