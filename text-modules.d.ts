/** Text imported as a module: bundled by esbuild, loaded under plain Node by scripts/text-modules.ts. */
declare module "*.scm" {
  const text: string;
  export default text;
}
declare module "*.hbs" {
  const text: string;
  export default text;
}
declare module "*.md" {
  const text: string;
  export default text;
}
