/** `npm run bench` measures speed and memory; `npm run bench -- NAME [options]` runs another module of this folder: agentops, e701, keystroke, real-code. */
const [name] = process.argv.slice(2);
const isNamed = name !== undefined && !name.startsWith("-");
if (isNamed) process.argv.splice(2, 1);
await import(`./${isNamed ? name : "speed"}.ts`);
process.exit();
