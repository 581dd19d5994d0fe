/** Which texts may construct a model client: the byte test that decides what is parsed must never say no wrongly, and should seldom say yes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { mayConstructClient } from "../../server/engine/model-clients.ts";

const python: readonly [text: string, verdict: boolean][] = [
  ["from openai import OpenAI\nOpenAI()\n", true],
  ["from openai import OpenAI as Model\nModel()\n", true],
  ["import openai\nclient = openai \\\n  .OpenAI()\n", true],
  ["import openai as oai\noai.AsyncOpenAI()\n", true],
  ["import google.genai\ngoogle.genai.Client()\n", true],
  ["from google import (\n    cloud,\n    genai as g,\n)\ng.Client()\n", true],
  ["from google import genai\nfrom google.cloud import storage\nstorage.Client()\n", false],
  ['from google import genai\n\n"""Use it:\n\n    genai.Client()\n"""\n', false],
  ["from google import genai\n# genai.Client()\n", false],
  ['from google import genai\nprint(f"{genai.Client()}")\n', true],
  ['from google import genai\nurl = "#"; genai.Client()\n', true],
  ['from google import genai\n"""genai.Client()"""\ngenai.Client()\n', true],
  ["from elsewhere import OpenAI\nOpenAI()\n", false],
  ["import openai\n", false],
];

for (const [text, verdict] of python)
  test(`Python ${verdict ? "may" : "cannot"}: ${JSON.stringify(text)}`, () => assert.equal(mayConstructClient(text, "python"), verdict));
