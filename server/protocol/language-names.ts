/** What people call the languages of a fleet, by the name that reports have. */
export const languageNames: Readonly<Record<string, string>> = {
  typescript: "TypeScript",
  tsx: "TypeScript",
  javascript: "JavaScript",
  python: "Python",
  go: "Go",
};
