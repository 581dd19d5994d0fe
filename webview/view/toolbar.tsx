/** Search, filters, order, range, pause and export. */

import { useMemo } from "preact/hooks";
import { type Range, rangeNames } from "../../server/fleet/model/fleet-row.ts";
import { plural } from "../../server/fleet/model/plural.ts";
import type { Forest } from "../forest.ts";
import { languageName, shownName, whole } from "../text.ts";
import { isFiltered, type Sort, sorts, unfiltered } from "../view-state.ts";
import type { Shared } from "./app.tsx";
import { Button } from "./button.tsx";
import { Export } from "./export.tsx";
import { handFocus, searchField } from "./hand-focus.ts";
import { Icon } from "./icon.tsx";
import "./toolbar.css";

const sortNames: Readonly<Record<Sort, string>> = {
  need: "By need",
  name: "By name",
  spend: "By spend",
  tokens: "By tokens",
  errors: "By errors",
  latency: "By latency p95",
  findings: "By findings",
  heard: "By last heard",
};

export function Toolbar({ forest, screen }: Shared) {
  const { state, facets, shown: visible, rows, isPaused } = screen;
  return (
    <section class="toolbar" aria-label="Search, filters and order">
      <Search value={state.search} onInput={(search) => forest.change({ search })} />
      <Choice
        label="Language"
        value={state.language}
        options={facets.languages}
        name={languageName}
        onChange={(language) => forest.change({ language })}
      />
      <Choice label="Owner" value={state.owner} options={facets.owners} name={shownName} onChange={(owner) => forest.change({ owner })} />
      <Choice label="Rule" value={state.rule} options={facets.rules} name={shownName} onChange={(rule) => forest.change({ rule })} />
      <Select label="Sort" value={state.sort} options={sorts} name={(it) => sortNames[it]} onChange={(sort) => forest.change({ sort })} />
      <Select
        label="Range"
        value={state.range}
        options={rangeNames}
        name={(it: Range) => `Last ${it}`}
        onChange={(range) => forest.change({ range })}
      />
      <Button icon="folder" label="By Folder" isPressed={state.byFolder} onClick={() => forest.change({ byFolder: !state.byFolder })}>
        <span class="word">By Folder</span>
      </Button>
      <Button
        icon={isPaused ? "debug-continue" : "debug-pause"}
        label="Pause View"
        isPressed={isPaused}
        onClick={() => forest.pause(!isPaused)}
      >
        <span class="word">Pause View</span>
      </Button>
      <Export forest={forest} screen={screen} />
      {isFiltered(state) && (
        <>
          <span class="count">
            {plural(visible.length, "agent")} of {whole(rows.length)}
          </span>
          <Button icon="clear-all" onClick={() => clearFilters(forest)}>
            Clear Filters
          </Button>
        </>
      )}
    </section>
  );
}

/** The button that does it goes with them. */
export function clearFilters(forest: Forest) {
  handFocus(searchField);
  forest.change(unfiltered);
}

function Search({ value, onInput }: { value: string; onInput(value: string): void }) {
  return (
    <label class="search">
      <Icon name="search" />
      <span class="unseen">Search agents, findings and alerts</span>
      <input
        type="search"
        placeholder="Search"
        maxLength={1000}
        spellcheck={false}
        value={value}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
    </label>
  );
}

interface SelectProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly Value[];
  name(value: Value): string;
  onChange(value: Value): void;
}

function Select<Value extends string>({ label, value, options, name, onChange }: SelectProps<Value>) {
  // Hundreds of owners need not be compared in each frame.
  const all = useMemo(
    () =>
      options.map((it) => (
        <option key={it} value={it}>
          {name(it)}
        </option>
      )),
    [options],
  );
  return (
    <label class="choice" title={label}>
      <span class="unseen">{label}</span>
      <select value={value} onChange={({ currentTarget }) => chosen(options, currentTarget.value, onChange)}>
        {all}
      </select>
    </label>
  );
}

function chosen<Value extends string>(options: readonly Value[], text: string, onChange: (value: Value) => void) {
  const value = options.find((it) => it === text);
  if (value !== undefined) onChange(value);
}

/** One of what there is, or any. */
function Choice({ label, value, options, name, onChange }: SelectProps<string>) {
  const isGone = value !== "" && !options.includes(value);
  const all = useMemo(() => ["", ...(isGone ? [value] : []), ...options], [options, isGone && value]);
  if (all.length === 1) return null;
  const named = (it: string) => (it === "" ? `Any ${label.toLowerCase()}` : name(it));
  return <Select {...{ label, value, onChange }} options={all} name={named} />;
}
