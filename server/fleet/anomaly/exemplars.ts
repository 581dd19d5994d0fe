/** The few events that show best what happened: those with the largest values, by id. */
export interface Exemplars {
  readonly ids: string[];
  readonly values: number[];
}

const kept = 5;

export const createExemplars = (): Exemplars => ({ ids: [], values: [] });

export function show(it: Exemplars, id: string, value: number): void {
  if (it.ids.length === kept && value <= (it.values[0] ?? 0)) return;
  let at = it.values.findIndex((other) => other >= value);
  if (at < 0) at = it.values.length;
  it.ids.splice(at, 0, id);
  it.values.splice(at, 0, value);
  if (it.ids.length > kept) forgetLeast(it);
}

function forgetLeast(it: Exemplars) {
  it.ids.shift();
  it.values.shift();
}
