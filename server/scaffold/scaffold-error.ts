/** Something stands in the way of all that was to be generated: what happened, to what, and what to do. Nothing was written. */
export class ScaffoldError extends Error {}
