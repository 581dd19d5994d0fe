/** The Forest's page: one script and one style sheet of ours, and a policy that lets in nothing else. Knows nothing of VS Code. */

export interface PageOptions {
  script: string;
  style: string;
  /** From where style sheets and fonts may come. */
  source: string;
  /** Another one for each page. */
  nonce: string;
}

export function forestPage({ script, style, source, nonce }: PageOptions): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source} 'nonce-${nonce}'`,
    `font-src ${source}`,
    // The picture that is exported is drawn from one that the page has made.
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Forest</title>
<link rel="stylesheet" nonce="${nonce}" href="${style}">
</head>
<body>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}
