/** Texts in the syntax of Python's configparser and what it makes of them; `npm run test:auth` asks Python whether that is so. */
export const configparserCases: { text: string; parsed: Record<string, Record<string, string>> }[] = [
  { text: "", parsed: {} },
  { text: "[a]\nx = 1\ny: 2\nz=3\n", parsed: { a: { x: "1", y: "2", z: "3" } } },
  { text: "[a]\nUser_Name = b = c : d\n", parsed: { a: { "user-name": "b = c : d" } } },
  { text: "[a]\nx =\n  1\n\n  2\n# no\n  3\n\ny = 4\n", parsed: { a: { x: "\n1\n\n2\n3", y: "4" } } },
  { text: "[a]\n  x = 1\n    2\n  y = 3\n", parsed: { a: { x: "1\n2", y: "3" } } },
  { text: "[a]\nx = 1 ; stays\n; gone\n", parsed: { a: { x: "1 ; stays" } } },
  { text: "[DEFAULT]\nx = 1\n[a]\n[b]\nx = 2\n", parsed: { a: { x: "1" }, b: { x: "2" } } },
  { text: "[a]\r\nx = 1\r\n\r\n[b]\r\ny =\r\n", parsed: { a: { x: "1" }, b: { y: "" } } },
  { text: "[a]\nx = 100%\n--y = 1\n", parsed: { a: { x: "100%", y: "1" } } },
];
