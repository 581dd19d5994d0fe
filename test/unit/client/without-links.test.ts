/** Names that a workspace chose, in notifications. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutLinks } from "../../../client/without-links.ts";

/** VS Code's own rule: src/vs/base/common/linkedText.ts. */
const link = /\[[^\]]+\]\((?:https?:\/\/|command:|file:)[^)\s]+(?: (["']).+?\1)?\)/i;

for (const text of ["[Log in](command:workbench.action.quit)", "a [b](https://host/) c", '[1] [x](file:///etc "y")'])
  test(text, () => {
    const shown = withoutLinks(text);
    assert.doesNotMatch(shown, link);
    assert.equal(shown.replaceAll(" ", ""), text.replaceAll(" ", ""));
  });
